# Copies a plugin's manifest next to its library with the library's sha256 in place of "@SHA256@". Neither may be writable by
# others whatever the umask: the engine does not run such code.
file(SHA256 ${LIBRARY} SHA256)
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
get_filename_component(FOLDER ${OUTPUT} DIRECTORY)
file(CHMOD ${LIBRARY} ${FOLDER} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
file(CHMOD ${OUTPUT} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
