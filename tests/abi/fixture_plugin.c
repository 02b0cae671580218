/* A whole source plugin in plain C: a store that holds one table, `numbers`, whose only column `id` counts from 0. The
 * option `rows` says how many rows there are. It shows how little the contract asks for, and the tests drive it through
 * the engine. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/plugin_abi.h"

struct sluice_store {
  int64_t rows;
};

struct sluice_session {
  const sluice_store* store;
  volatile int cancelled;
  sluice_error stream_error;
};

/* What a stream still has to deliver. */
typedef struct counter {
  sluice_session* session;
  int64_t next, end, batch_rows;
} counter;

typedef struct batch {
  const void* no_buffer[1];
  const void* column_buffers[2];
  struct ArrowArray column;
  struct ArrowArray* columns[1];
} batch;

static sluice_status fail(sluice_error* error, int32_t code, const char* message, const char* what) {
  memset(error, 0, sizeof *error);
  error->code = code;
  snprintf(error->message, sizeof error->message, "%s%s", message, what);
  return code;
}

static void free_buffer(sluice_buffer* buffer) {
  free(buffer->data);
  buffer->release = NULL;
}

static sluice_status answer(sluice_buffer* out, const char* text, sluice_error* error) {
  const size_t size = strlen(text);
  char* copy = malloc(size + 1);
  if (copy == NULL) return fail(error, SLUICE_INTERNAL, "out of memory", "");
  memcpy(copy, text, size + 1);
  out->data = copy;
  out->size = (int64_t)size;
  out->release = free_buffer;
  return SLUICE_OK;
}

static sluice_status store_open(const sluice_host* host, const sluice_option* options, int64_t count,
                                sluice_store** out, sluice_error* error) {
  int64_t rows = 10;
  for (int64_t i = 0; i < count; ++i) {
    if (strcmp(options[i].name, "rows") == 0) {
      char* end = NULL;
      rows = strtoll(options[i].value, &end, 10);
      if (*end != '\0' || rows < 0)
        return fail(error, SLUICE_INVALID_ARGUMENT, "rows: expected a count, found ", options[i].value);
    } else if (strcmp(options[i].name, "url") != 0) {
      return fail(error, SLUICE_INVALID_ARGUMENT, "there is no option ", options[i].name);
    }
  }
  *out = malloc(sizeof **out);
  if (*out == NULL) return fail(error, SLUICE_INTERNAL, "out of memory", "");
  (*out)->rows = rows;
  if (host != NULL && host->log != NULL) host->log(host->context, SLUICE_LOG_INFO, "opened");
  return SLUICE_OK;
}

static void store_close(sluice_store* store) { free(store); }

static sluice_status session_open(sluice_store* store, sluice_session** out, sluice_error* error) {
  sluice_session* session = calloc(1, sizeof *session);
  if (session == NULL) return fail(error, SLUICE_INTERNAL, "out of memory", "");
  session->store = store;
  *out = session;
  return SLUICE_OK;
}

static void session_close(sluice_session* session) { free(session); }

static void cancel(sluice_session* session) { session->cancelled = 1; }

static sluice_status capabilities(sluice_session* session, sluice_capabilities* out, sluice_error* error) {
  (void)session, (void)error;
  out->max_writers = 0;
  out->flags = 0;
  return SLUICE_OK;
}

static sluice_status identity(sluice_session* session, sluice_buffer* out, sluice_error* error) {
  (void)session;
  return answer(out, "{\"id\": \"numbers\", \"version\": \"1\", \"name\": \"numbers in memory\", \"pin\": \"\"}",
                error);
}

static sluice_status catalog(sluice_session* session, const char* filter, sluice_buffer* out, sluice_error* error) {
  char text[300];
  (void)filter;
  snprintf(text, sizeof text,
           "{\"tables\": [{\"name\": \"numbers\", \"rows\": %" PRId64
           ", \"columns\": [{\"name\": \"id\", \"type\": \"int64\", \"native\": \"int64_t\"}],"
           " \"primary_key\": {\"columns\": [\"id\"]}}]}",
           session->store->rows);
  return answer(out, text, error);
}

static sluice_status source_state(sluice_session* session, const char* filter, sluice_buffer* out,
                                  sluice_error* error) {
  char text[60];
  (void)filter;
  snprintf(text, sizeof text, "{\"rows\": \"%" PRId64 "\"}", session->store->rows);
  return answer(out, text, error);
}

static sluice_status check_spec(const sluice_read_spec* spec, sluice_error* error) {
  if (strcmp(spec->table, "numbers") != 0) return fail(error, SLUICE_NOT_FOUND, "there is no table ", spec->table);
  if (spec->where != NULL) return fail(error, SLUICE_UNSUPPORTED, "no language for ", spec->where);
  for (int64_t i = 0; i < spec->column_count; ++i) {
    if (i > 0 || strcmp(spec->columns[i], "id") != 0) {
      return fail(error, SLUICE_NOT_FOUND, "numbers: there is no further column ", spec->columns[i]);
    }
  }
  if (spec->wanted != NULL && strcmp(spec->wanted->children[0]->format, "l") != 0) {
    return fail(error, SLUICE_DATA, "numbers.id: is int64, wanted is ", spec->wanted->children[0]->format);
  }
  return SLUICE_OK;
}

static sluice_status plan_chunks(sluice_session* session, const sluice_read_spec* spec, int64_t wanted,
                                 sluice_buffer* out, sluice_error* error) {
  const sluice_status status = check_spec(spec, error);
  if (status != SLUICE_OK) return status;
  const int64_t rows = session->store->rows;
  const int64_t cuts = wanted > rows ? rows : wanted;
  const size_t room = 120 + (size_t)(cuts > 0 ? cuts : 0) * 28;
  char* text = malloc(room);
  if (text == NULL) return fail(error, SLUICE_INTERNAL, "out of memory", "");
  size_t at = (size_t)snprintf(text, room,
                               "{\"key\": [\"id\"], \"type\": \"integer\", \"rows\": %" PRId64 ", \"cuts\": [", rows);
  for (int64_t i = 1; i < cuts; ++i) {
    at += (size_t)snprintf(text + at, room - at, "%s[\"%" PRId64 "\"]", i > 1 ? ", " : "", rows / cuts * i);
  }
  snprintf(text + at, room - at, "]}");
  const sluice_status answered = answer(out, text, error);
  free(text);
  return answered;
}

static void release_schema(struct ArrowSchema* schema) {
  for (int64_t i = 0; i < schema->n_children; ++i) {
    schema->children[i]->release(schema->children[i]);
    free(schema->children[i]);
  }
  free(schema->children);
  schema->release = NULL;
}

static int get_schema(struct ArrowArrayStream* stream, struct ArrowSchema* out) {
  struct ArrowSchema* column = calloc(1, sizeof *column);
  struct ArrowSchema** columns = malloc(sizeof *columns);
  (void)stream;
  if (column == NULL || columns == NULL) return free(column), free(columns), ENOMEM;
  column->format = "l";
  column->name = "id";
  column->release = release_schema;
  columns[0] = column;
  memset(out, 0, sizeof *out);
  out->format = "+s";
  out->name = "";
  out->n_children = 1;
  out->children = columns;
  out->release = release_schema;
  return 0;
}

static void release_column(struct ArrowArray* array) {
  free((void*)array->buffers[1]);
  array->release = NULL;
}

static void release_batch(struct ArrowArray* array) {
  if (array->children[0]->release != NULL) array->children[0]->release(array->children[0]);
  free(array->private_data);
  array->release = NULL;
}

static int get_next(struct ArrowArrayStream* stream, struct ArrowArray* out) {
  counter* self = stream->private_data;
  const int64_t left = self->end - self->next;
  const int64_t length = left < self->batch_rows ? left : self->batch_rows;
  memset(out, 0, sizeof *out);
  if (self->session->cancelled) return fail(&self->session->stream_error, SLUICE_CANCELLED, "cancelled", ""), ECANCELED;
  if (length <= 0) return 0;
  batch* made = calloc(1, sizeof *made);
  int64_t* values = malloc((size_t)length * sizeof *values);
  if (made == NULL || values == NULL) return free(made), free(values), ENOMEM;
  for (int64_t i = 0; i < length; ++i) values[i] = self->next++;
  made->column_buffers[1] = values;
  made->column =
      (struct ArrowArray){.length = length, .n_buffers = 2, .buffers = made->column_buffers, .release = release_column};
  made->columns[0] = &made->column;
  *out = (struct ArrowArray){.length = length,
                             .n_buffers = 1,
                             .n_children = 1,
                             .buffers = made->no_buffer,
                             .children = made->columns,
                             .release = release_batch,
                             .private_data = made};
  return 0;
}

static const char* get_last_error(struct ArrowArrayStream* stream) {
  const counter* self = stream->private_data;
  return self->session->stream_error.message;
}

static void release_stream(struct ArrowArrayStream* stream) {
  free(stream->private_data);
  stream->release = NULL;
}

static sluice_status read_rows(sluice_session* session, const sluice_read_spec* spec, struct ArrowArrayStream* out,
                               sluice_error* error) {
  const sluice_status status = check_spec(spec, error);
  if (status != SLUICE_OK) return status;
  counter* self = malloc(sizeof *self);
  if (self == NULL) return fail(error, SLUICE_INTERNAL, "out of memory", "");
  self->session = session;
  self->next = spec->lower.count > 0 && spec->lower.values[0].integer > 0 ? spec->lower.values[0].integer : 0;
  self->end = session->store->rows;
  if (spec->upper.count > 0 && spec->upper.values[0].integer < self->end) self->end = spec->upper.values[0].integer;
  self->batch_rows = spec->batch_rows > 0 ? spec->batch_rows : 1000;
  memset(&session->stream_error, 0, sizeof session->stream_error);
  *out = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, self};
  return SLUICE_OK;
}

static void stream_error(sluice_session* session, sluice_error* out) { *out = session->stream_error; }

static const sluice_plugin numbers = {
    .struct_size = sizeof(sluice_plugin),
    .abi_major = 1,
    .roles = SLUICE_ROLE_SOURCE,
    .name = "numbers",
    .version = "1.0",
    .store_open = store_open,
    .store_close = store_close,
    .session_open = session_open,
    .session_close = session_close,
    .cancel = cancel,
    .capabilities = capabilities,
    .identity = identity,
    .catalog = catalog,
    .source_state = source_state,
    .plan_chunks = plan_chunks,
    .read = read_rows,
    .stream_error = stream_error,
};

SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void);
SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void) { return &numbers; }
