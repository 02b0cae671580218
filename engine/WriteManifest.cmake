# Copies a plugin's manifest next to its library with the library's sha256 in place of "@SHA256@".
file(SHA256 ${LIBRARY} SHA256)
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
