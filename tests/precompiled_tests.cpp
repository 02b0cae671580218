// Nothing but a place for the tests' precompiled headers to be made at.
int main() { return 0; }
