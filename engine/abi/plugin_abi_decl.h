/* The contract between the engine and a store plugin.
 *
 * A plugin is one shared library that exports `const sluice_plugin *sluice_plugin_v1(void)` and one JSON manifest beside
 * it. No preprocessor lines here: one text serves C, C++ and LuaJIT's ffi.cdef. Include plugin_abi.h instead.
 *
 * Rules for every function in the table:
 * - It returns SLUICE_OK (0) or a status code, and then fills *error (never NULL) and leaves its outputs untouched.
 * - Inputs live for the call. `const char *` is NUL-terminated UTF-8. A NULL text means "not given".
 * - A session and its streams belong to one thread at a time; `cancel` alone may be called from another.
 * - Structs that may grow begin with `uint32_t struct_size`, set by the caller to what it was compiled with.
 * - Zero is never a meaningful enum value in a request. Nothing throws across this border.
 * - Order of release: stream, session, store. */

/* Status codes. Retry policy derives from them: UNAVAILABLE, CONFLICT, TIMEOUT are retried, IN_DOUBT is probed. */
typedef int32_t sluice_status;
enum {
  SLUICE_OK = 0,
  SLUICE_INVALID_ARGUMENT = 1,
  SLUICE_NOT_FOUND = 2,
  SLUICE_ALREADY_EXISTS = 3,
  SLUICE_UNSUPPORTED = 4,
  SLUICE_UNAVAILABLE = 5,
  SLUICE_CONFLICT = 6,
  SLUICE_DATA = 7,
  SLUICE_CONSTRAINT = 8,
  SLUICE_PERMISSION = 9,
  SLUICE_CANCELLED = 10,
  SLUICE_TIMEOUT = 11,
  SLUICE_IN_DOUBT = 12,
  SLUICE_INTERNAL = 13
};

/* Roles of a plugin (bits). */
enum { SLUICE_ROLE_SOURCE = 1, SLUICE_ROLE_TARGET = 2 };

/* Capabilities of a session (bits). */
enum {
  SLUICE_CAN_SNAPSHOT = 1,           /* snapshot_export, snapshot_join, snapshot_confirm work */
  SLUICE_CAN_ATOMIC_LOAD = 2,        /* data and ledger row commit together */
  SLUICE_CAN_TRANSACTIONAL_DDL = 4,  /* DDL inside a guard rolls back with it */
  SLUICE_CAN_UPSERT = 8,
  SLUICE_CAN_FINGERPRINT = 16,       /* `fingerprint` push-down */
  SLUICE_HAS_LANGUAGE = 32           /* `query` and `execute` take the store's own language */
};

/* Types of a key value. */
enum {
  SLUICE_KEY_INTEGER = 1,   /* integer */
  SLUICE_KEY_DECIMAL = 2,   /* bytes: decimal digits as text */
  SLUICE_KEY_UUID = 3,      /* bytes: 16 */
  SLUICE_KEY_BYTES = 4,     /* bytes */
  SLUICE_KEY_DATE = 5,      /* integer: days since 1970-01-01 */
  SLUICE_KEY_TIMESTAMP = 6, /* integer: microseconds since 1970-01-01 00:00 */
  SLUICE_KEY_LOCAL = 7      /* integer: the store's own row address (rowid, ctid block); no other store understands it */
};

/* What to do with a value that does not fit the wanted type. */
enum {
  SLUICE_MISMATCH_STOP = 1,  /* the stream fails */
  SLUICE_MISMATCH_REJECT = 2 /* the row goes to the spec's reject sink and the stream goes on; slower */
};

/* How rows enter a table. The last two need SLUICE_CAN_UPSERT and the spec's key, which must be unique in the target. */
enum {
  SLUICE_LOAD_APPEND = 1,
  SLUICE_LOAD_UPSERT = 2,        /* a row whose key is there already gets the stream's values */
  SLUICE_LOAD_INSERT_MISSING = 3 /* a row whose key is there already stays as it is */
};

/* Savepoints inside a guard. One at a time: SET, then KEEP or UNDO. */
enum {
  SLUICE_SAVEPOINT_SET = 1,
  SLUICE_SAVEPOINT_KEEP = 2,
  SLUICE_SAVEPOINT_UNDO = 3 /* also after an error: the guard may go on from where SET was */
};

/* How fence_acquire treats a holder that is not known to be dead. */
enum {
  SLUICE_FENCE_IF_FREE = 1,   /* refuse with CONFLICT while another holder's lease runs */
  SLUICE_FENCE_TAKE_OVER = 2  /* terminate the holder's writers, bump the epoch; the engine has proved the holder dead */
};

/* Levels of a log line. */
enum { SLUICE_LOG_DEBUG = 1, SLUICE_LOG_INFO = 2, SLUICE_LOG_WARNING = 3 };

/* An error: the caller's memory, nothing to release. sqlstate is five characters or empty. */
typedef struct sluice_error {
  int32_t code;
  int32_t native_code;
  char sqlstate[6];
  char reserved[2];
  char message[1024];
} sluice_error;

/* Memory of the plugin handed to the engine: UTF-8 text (usually JSON) with a NUL behind `size` bytes. */
typedef struct sluice_buffer {
  char *data;
  int64_t size;
  void (*release)(struct sluice_buffer *buffer);
} sluice_buffer;

typedef struct sluice_option {
  const char *name;
  const char *value;
} sluice_option;

/* What the engine offers to a plugin. Lives as long as the store. `log` may be called from any thread. */
typedef struct sluice_host {
  uint32_t struct_size;
  uint32_t reserved;
  void *context;
  void (*log)(void *context, int32_t level, const char *message);
} sluice_host;

typedef struct sluice_capabilities {
  uint32_t struct_size;
  int32_t max_writers; /* how many sessions may write at once; 0: no limit of its own */
  uint64_t flags;      /* SLUICE_CAN_... */
} sluice_capabilities;

/* One typed value of a key; which of integer and bytes counts is said at the type. */
typedef struct sluice_key_value {
  int32_t type;
  int32_t reserved;
  int64_t integer;
  const void *bytes;
  int64_t size;
} sluice_key_value;

/* One end of a key range: a value per key column. count 0: the range is open at this end. */
typedef struct sluice_bound {
  const sluice_key_value *values;
  int64_t count;
} sluice_bound;

/* A row that a reader leaves out. Texts live for the call. */
typedef struct sluice_reject {
  uint32_t struct_size;
  int32_t code;       /* SLUICE_DATA */
  const char *key;    /* which row: "id=7", "line 12" */
  const char *column; /* "" where it is not one column's fault */
  const char *reason;
  const char *row;    /* JSON: an object of column to text or null, the values as the store has them; bytes as \\x and hex digits */
} sluice_reject;

/* Takes rows that are left out. `take` answers SLUICE_OK to go on; anything else ends the stream with that status and error.
 * Called by the thread that pulls the stream, from within the pull. */
typedef struct sluice_reject_sink {
  void *context;
  sluice_status (*take)(void *context, const sluice_reject *reject, sluice_error *error);
} sluice_reject_sink;

/* What to read: the named columns of one table, in that order, of the rows with lower <= key < upper. */
typedef struct sluice_read_spec {
  uint32_t struct_size;
  int32_t mismatch;         /* SLUICE_MISMATCH_... */
  const char *schema;       /* NULL: the store's default */
  const char *table;
  const char *const *columns;
  int64_t column_count;
  const char *const *key;   /* the columns that the bounds speak of; none for SLUICE_KEY_LOCAL */
  int64_t key_count;
  sluice_bound lower;       /* inclusive */
  sluice_bound upper;       /* exclusive */
  const char *where;        /* a further condition in the store's language, or NULL */
  const struct ArrowSchema *wanted; /* a struct with a child per column: the exact types to deliver; NULL: the store's own */
  int64_t batch_rows;       /* at most so many rows in a batch; 0: the plugin chooses */
  int64_t batch_bytes;      /* and about so many bytes; 0: the plugin chooses */
  const sluice_reject_sink *rejects; /* for SLUICE_MISMATCH_REJECT; lives as long as the stream */
} sluice_read_spec;

/* The set fingerprint of rows (VERIFICATION): count, sum mod 2^128, xor of 128-bit row hashes. */
typedef struct sluice_fingerprint {
  uint64_t count;
  uint64_t sum_low, sum_high;
  uint64_t xor_low, xor_high;
} sluice_fingerprint;

/* Names a piece of work: the ledger's key. table is "" and chunk -1 where they don't apply. */
typedef struct sluice_work_key {
  uint32_t struct_size;
  uint32_t generation;
  const char *run;
  const char *node;
  const char *table;
  int64_t chunk;
} sluice_work_key;

/* What was done: the rest of the ledger row. Always read = kept + filtered + rejected and
 * emitted = written + already_there + refused. */
typedef struct sluice_work_result {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t read, kept, filtered, rejected;
  int64_t emitted, written, already_there, refused;
  sluice_fingerprint f_src;
  sluice_fingerprint f_out;
  const char *bounds; /* JSON: the chunk's bounds, or the step's whole list of chunks in its opening row; may be NULL */
} sluice_work_result;

/* Who wants to write, for the fence. Times are in milliseconds. */
typedef struct sluice_fence_request {
  uint32_t struct_size;
  int32_t mode; /* SLUICE_FENCE_... */
  const char *run;
  const char *host;
  const char *boot_id;
  const char *journal;   /* where the run's journal is, for people and for `status URL` */
  int64_t pid;
  int64_t pid_start;     /* the process's start in clock ticks since boot: tells a reused pid apart */
  int64_t lease_ms;
} sluice_fence_request;

/* The right to write, as every guard checks it. */
typedef struct sluice_fence {
  uint32_t struct_size;
  uint32_t reserved;
  const char *run;
  int64_t epoch;
} sluice_fence;

/* Where rows go: the columns of the stream in their order, into the same-named or listed columns of one table. */
typedef struct sluice_load_spec {
  uint32_t struct_size;
  int32_t mode; /* SLUICE_LOAD_... */
  const char *schema;
  const char *table;
  const char *const *columns;
  int64_t column_count;
  const char *const *key; /* columns that tell rows apart, for the modes that look whether a row is there */
  int64_t key_count;
} sluice_load_spec;

typedef struct sluice_load_result {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t rows;  /* rows the store says it wrote */
  int64_t bytes; /* bytes sent to it, as far as known */
  int64_t already_there; /* rows that SLUICE_LOAD_INSERT_MISSING left as they were */
} sluice_load_result;

typedef struct sluice_store sluice_store;
typedef struct sluice_session sluice_session;

typedef struct sluice_plugin {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t roles; /* SLUICE_ROLE_... */
  const char *name;
  const char *version;

  /* --- store: configuration only, no network. An unknown option is INVALID_ARGUMENT that names it. Options are those of
   * the manifest; "url" is always among them. */
  sluice_status (*store_open)(const sluice_host *host, const sluice_option *options, int64_t count, sluice_store **out,
                              sluice_error *error);
  void (*store_close)(sluice_store *store);

  /* --- session: one connection */
  sluice_status (*session_open)(sluice_store *store, sluice_session **out, sluice_error *error);
  void (*session_close)(sluice_session *session);
  /* Ends what the session is doing as soon as it can, with CANCELLED. From any thread, any number of times. */
  void (*cancel)(sluice_session *session);
  /* NULL-free after session_open. */
  sluice_status (*capabilities)(sluice_session *session, sluice_capabilities *out, sluice_error *error);
  /* JSON {"id": text naming this very database, "version": text, "name": text for people, "pin": uuid or ""}.
   * `id` is "" where the database is still to be made by the first writing call: looking at a missing target must leave
   * nothing behind. `pin` is the random uuid kept in the fence; "" before the first fence_acquire. */
  sluice_status (*identity)(sluice_session *session, sluice_buffer *out, sluice_error *error);

  /* --- look. filter is JSON {"schema": text?, "tables": [text]?, "views": [text]?, "evidence": bool?,
   * "rejects": bool?}; out is a catalog (documented in catalog/catalog.hpp). Never shows the ledger. `views` are described
   * beside the tables, without keys. With `rejects` rows that can't be read are noted instead of being an error. */
  sluice_status (*catalog)(sluice_session *session, const char *filter, sluice_buffer *out, sluice_error *error);

  /* --- shape. The store's own statements for a neutral catalog. stage: "tables" (create them), "finish" (keys, indexes,
   * sequences, statistics), "clear" (empty the tables) or "count" (a query per table that answers its number of rows). out is
   * JSON, documented in catalog/ddl.hpp. Pure text: touches no data and needs no objects to be there. */
  sluice_status (*ddl)(sluice_session *session, const char *catalog, const char *stage, sluice_buffer *out,
                       sluice_error *error);

  /* --- ask. params are texts or NULLs, bound, never pasted. NULL functions where the store has no language. `execute`
   * inside a guard belongs to the guard's transaction; outside it is autocommit. rows: rows changed, or -1. */
  sluice_status (*query)(sluice_session *session, const char *text, const char *const *params, int64_t param_count,
                         struct ArrowArrayStream *out, sluice_error *error);
  sluice_status (*execute)(sluice_session *session, const char *text, const char *const *params, int64_t param_count,
                           int64_t *rows, sluice_error *error);

  /* --- source. A snapshot: export on a coordinator session, join on each reader, confirm on the coordinator after all
   * have joined; CONFLICT from confirm means that the readers may disagree: close them and begin again. The token is
   * text. A session that has joined reads the snapshot until it is closed. */
  sluice_status (*snapshot_export)(sluice_session *session, sluice_buffer *token, sluice_error *error);
  sluice_status (*snapshot_join)(sluice_session *session, const char *token, sluice_error *error);
  sluice_status (*snapshot_confirm)(sluice_session *session, const char *token, sluice_error *error);
  /* JSON object of texts that are all equal to an earlier answer only when the tables have not changed since (file: inode,
   * size, mtime, headers; server: per-table counters). filter as in `catalog`. */
  sluice_status (*source_state)(sluice_session *session, const char *filter, sluice_buffer *out, sluice_error *error);
  /* Cuts a table into about `wanted` ranges. JSON {"key": [column], "type": "integer|decimal|uuid|bytes|date|timestamp|
   * local", "cuts": [[text, ...], ...], "rows": estimate}: n cuts make n + 1 chunks, the first and the last open-ended;
   * each cut has a text per key column (integers as digits, bytes and uuid as hex). Bounds in the spec are ignored. */
  sluice_status (*plan_chunks)(sluice_session *session, const sluice_read_spec *spec, int64_t wanted, sluice_buffer *out,
                               sluice_error *error);
  /* The stream fails with DATA, naming table, key, column and value, where a value doesn't fit the wanted type. */
  sluice_status (*read)(sluice_session *session, const sluice_read_spec *spec, struct ArrowArrayStream *out,
                        sluice_error *error);
  /* Why the session's last stream failed, in full (streams carry only errno and text). code is OK when none did. */
  void (*stream_error)(sluice_session *session, sluice_error *out);

  /* --- fence: who may write. acquire creates the ledger's home when it is missing, answers the new epoch, or CONFLICT
   * and then *holder is JSON {"run","host","boot_id","pid","pid_start","journal","epoch","lease_left_ms"}. A request by
   * the run that holds it already (mode TAKE_OVER) also gets a new epoch. holder may be NULL. */
  sluice_status (*fence_acquire)(sluice_session *session, const sluice_fence_request *request, int64_t *epoch,
                                 sluice_buffer *holder, sluice_error *error);
  /* Who holds or held it: JSON as above plus "free": bool; {} when there is no ledger home. Never creates anything. After
   * fence_release "run" is "": no run is unfinished. After fence_renew with lease_ms 0 it is free, and "run" names the run that
   * has not ended. */
  sluice_status (*fence_look)(sluice_session *session, sluice_buffer *out, sluice_error *error);
  sluice_status (*fence_renew)(sluice_session *session, const sluice_fence *fence, int64_t lease_ms,
                               sluice_error *error);
  sluice_status (*fence_release)(sluice_session *session, const sluice_fence *fence, sluice_error *error);

  /* --- guard: one transaction with fence check and ledger row around everything that changes the target. begin with
   * *already_done = 1 has opened nothing: skip the work. A stale fence is CONFLICT with sqlstate "SL001". commit writes the
   * result first; when the connection is lost inside COMMIT it answers IN_DOUBT. After an error only abort is allowed, or
   * savepoint's UNDO. */
  sluice_status (*guard_begin)(sluice_session *session, const sluice_fence *fence, const sluice_work_key *key,
                               int32_t *already_done, sluice_error *error);
  sluice_status (*guard_commit)(sluice_session *session, const sluice_work_result *result, sluice_error *error);
  void (*guard_abort)(sluice_session *session);
  /* Did it land? out is JSON: {} when not, else the ledger row as in ledger_read. Waits for a dying transaction. */
  sluice_status (*guard_probe)(sluice_session *session, const sluice_work_key *key, sluice_buffer *out,
                               sluice_error *error);

  /* --- ledger. read: an Arrow stream of the rows of `run` (and of `node`, when not NULL): node, table (utf8), generation,
   * chunk (int64), bounds (utf8), read, kept, filtered, rejected, emitted, written, already_there, refused (int64),
   * f_src, f_out (utf8: count:sum:xor in hex), epoch (int64). */
  sluice_status (*ledger_read)(sluice_session *session, const char *run, const char *node,
                               struct ArrowArrayStream *out, sluice_error *error);
  /* Inside a guard: deletes the ledger rows of (run, node, generation); the guard's own row stays. */
  sluice_status (*ledger_forget)(sluice_session *session, const char *run, const char *node, uint32_t generation,
                                 sluice_error *error);
  /* Removes the run's rows, or the whole home where no other run is in it. Outside a guard. Checks the fence. */
  sluice_status (*ledger_retire)(sluice_session *session, const sluice_fence *fence, const char *run,
                                 sluice_error *error);

  /* --- objects that a run created. All inside a guard. record: JSON array [{"kind": "schema|table|index|constraint|
   * sequence", "schema", "name", "table"}] of what was just created; the plugin keeps their native ids. drop: drops, newest
   * first, what (run, node) recorded and still is the same object; whatever bears the name but is another object stays and
   * is reported. out JSON {"dropped": [text], "kept": [text]}. list (outside a guard, too): JSON array as recorded. */
  sluice_status (*objects_record)(sluice_session *session, const char *objects, sluice_error *error);
  sluice_status (*objects_drop)(sluice_session *session, const char *run, const char *node, sluice_buffer *out,
                                sluice_error *error);
  sluice_status (*objects_list)(sluice_session *session, const char *run, const char *node, sluice_buffer *out,
                                sluice_error *error);

  /* --- target. Inside a guard. Pulls the stream to its end and takes it (releases it) also when it fails. */
  sluice_status (*load)(sluice_session *session, const sluice_load_spec *spec, struct ArrowArrayStream *stream,
                        sluice_load_result *result, sluice_error *error);

  /* --- verify: optional push-down. */
  sluice_status (*fingerprint)(sluice_session *session, const sluice_read_spec *spec, sluice_fingerprint *out,
                               sluice_error *error);

  /* Unstable parts live behind names, never in this table. NULL when there is no such part. */
  const void *(*get_extension)(const char *name);

  /* --- rejects, optional (the first two together). Rows that were left out are kept beside the ledger, in the guard's own
   * transaction: record adds JSON texts to the guard's work key; ledger_forget and ledger_retire delete them with the rows of
   * the ledger. read: an Arrow stream of those of (run, node, generation): table (utf8), chunk (int64), reject (utf8), in the
   * order they were recorded. savepoint: SLUICE_SAVEPOINT_..., inside a guard; data errors of `load` can be undone so. */
  sluice_status (*rejects_record)(sluice_session *session, const char *const *rejects, int64_t count, sluice_error *error);
  sluice_status (*rejects_read)(sluice_session *session, const char *run, const char *node, uint32_t generation,
                                struct ArrowArrayStream *out, sluice_error *error);
  sluice_status (*savepoint)(sluice_session *session, int32_t action, sluice_error *error);
} sluice_plugin;
