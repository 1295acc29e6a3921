/*
 * micro_ts.c: the C half of the LuaJIT original, the baseline of `make bench`.
 *
 * Written after the specification of the original and repaired only where that
 * cannot run: its functions are static and take a lua_State*, which LuaJIT's
 * FFI can neither find nor call, so here they are plain exported C functions
 * with the signatures that its ffi.cdef declares. What they do to RocksDB (the
 * options, one write with write options of its own for each put, one read
 * options object for each get) is unchanged, slow parts included.
 */
#include <rocksdb/c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_KEY = 256 };

static void report(const char *what, char *err) {
    fprintf(stderr, "%s fail: %s\n", what, err);
    free(err);
}

void *db_open(const char *path) {
    rocksdb_options_t *opts = rocksdb_options_create();
    rocksdb_options_set_create_if_missing(opts, 1);
    rocksdb_options_set_compression(opts, rocksdb_lz4_compression);
    rocksdb_options_set_write_buffer_size(opts, 256 << 20);
    rocksdb_options_set_max_write_buffer_number(opts, 8);
    rocksdb_options_set_target_file_size_base(opts, 128 << 20);
    rocksdb_options_set_max_bytes_for_level_base(opts, 1 << 30);
    rocksdb_options_set_level0_file_num_compaction_trigger(opts, 2);
    char *err = NULL;
    rocksdb_t *db = rocksdb_open(opts, path, &err);
    rocksdb_options_destroy(opts);
    if (err) {
        report("open", err);
        return NULL;
    }
    return db;
}

void db_close(void *db) {
    rocksdb_close(db);
}

/* Joins row key and qualifier in buf; 0 when they do not fit. */
static size_t join(char *buf, const char *key, int klen, const char *qual, int qlen) {
    if (klen + qlen > MAX_KEY) {
        fprintf(stderr, "k+qual too big\n");
        return 0;
    }
    memcpy(buf, key, klen);
    memcpy(buf + klen, qual, qlen);
    return klen + qlen;
}

void db_put(void *db, const char *key, int klen, const char *qual, int qlen, const char *val, int vlen) {
    char buf[MAX_KEY];
    size_t n = join(buf, key, klen, qual, qlen);
    if (n == 0) return;
    rocksdb_writeoptions_t *wopt = rocksdb_writeoptions_create();
    char *err = NULL;
    rocksdb_put(db, wopt, buf, n, val, vlen, &err);
    rocksdb_writeoptions_destroy(wopt);
    if (err) report("put", err);
}

/* The value is malloc'ed: the caller frees it. NULL where there is none. */
char *db_get(void *db, const char *key, int klen, const char *qual, int qlen, int *vlen) {
    char buf[MAX_KEY];
    size_t n = join(buf, key, klen, qual, qlen);
    if (n == 0) return NULL;
    rocksdb_readoptions_t *ropt = rocksdb_readoptions_create();
    char *err = NULL;
    size_t len = 0;
    char *val = rocksdb_get(db, ropt, buf, n, &len, &err);
    rocksdb_readoptions_destroy(ropt);
    if (err) {
        report("get", err);
        return NULL;
    }
    *vlen = (int)len;
    return val;
}
