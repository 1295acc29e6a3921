#include "block.h"

#include <string.h>

static void position(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start) {
    if (!start) return;
    if (reverse)
        rocksdb_iter_seek_for_prev(it, (const char *)span->last, span->key_size);
    else
        rocksdb_iter_seek(it, (const char *)span->first, span->key_size);
}

static void advance(rocksdb_iterator_t *it, int reverse) {
    if (reverse)
        rocksdb_iter_prev(it);
    else
        rocksdb_iter_next(it);
}

static uint64_t read_be64(const char *at) {
    uint64_t n;
    memcpy(&n, at, sizeof n);
    return __builtin_bswap64(n);
}

static uint32_t read_be32(const char *at) {
    uint32_t n;
    memcpy(&n, at, sizeof n);
    return __builtin_bswap32(n);
}

static uint16_t read_be16(const char *at) {
    uint16_t n;
    memcpy(&n, at, sizeof n);
    return __builtin_bswap16(n);
}

/* What the end of a key says. */
typedef struct {
    uint64_t base; /* the last chunk_base_ms that was found to be one, or 0 */
    int64_t time;
    uint16_t seq;
} key_end;

/* Reads the end of a key, and says whether the key is one of the span's, apart
 * from its place. */
static int read_key(const microts_span *span, const char *key, size_t klen, key_end *end) {
    enum { CHUNK_MS = 30000, CHUNK_US = 30000000 };
    if (klen != span->key_size) return 0;
    const char *after = key + klen;
    if (span->kind >= 0) {
        end->time = (int64_t)read_be64(after - 9);
        end->seq = 0;
        return (unsigned char)after[-1] == span->kind;
    }
    uint64_t base = read_be64(after - 14);
    uint32_t offset = read_be32(after - 6);
    if (offset >= CHUNK_US) return 0;
    if (base != end->base) { /* most rows are in the time chunk of the row before */
        if (base % CHUNK_MS != 0) return 0;
        end->base = base;
    }
    end->time = (int64_t)(base * 1000 + offset);
    end->seq = read_be16(after - 2);
    return 1;
}

/* Compares as RocksDB's bytewise comparator does; b has key_size bytes. */
static int compare(const char *a, size_t alen, const unsigned char *b, size_t key_size) {
    int c = memcmp(a, b, alen < key_size ? alen : key_size);
    if (c != 0) return c;
    return alen < key_size ? -1 : alen > key_size;
}

size_t microts_fill(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start,
                    const microts_columns *columns, size_t *need, int *state) {
    size_t n = 0, at = 0;
    key_end end = {0};
    *need = 0;
    *state = MICROTS_MORE;
    const unsigned char *bound = reverse ? span->first : span->last;
    position(it, reverse, span, start);
    for (size_t keys = 0; n < columns->max_rows && keys < MICROTS_MAX_KEYS; advance(it, reverse), keys++) {
        if (!rocksdb_iter_valid(it)) {
            *state = MICROTS_END;
            break;
        }
        size_t klen, vlen;
        const char *key = rocksdb_iter_key(it, &klen);
        int c = compare(key, klen, bound, span->key_size);
        if (reverse ? c < 0 : c > 0) {
            *state = MICROTS_END;
            break;
        }
        if (!read_key(span, key, klen, &end)) continue;
        const char *value = rocksdb_iter_value(it, &vlen);
        if (vlen > columns->max_values - at) {
            if (n == 0) *need = vlen;
            break;
        }
        columns->times[n] = end.time;
        columns->seqs[n] = end.seq;
        columns->offsets[n] = (uint32_t)at;
        memcpy(columns->values + at, value, vlen);
        at += vlen;
        n++;
    }
    columns->offsets[n] = (uint32_t)at;
    return n;
}

size_t microts_count(rocksdb_iterator_t *it, const microts_span *span, int start, int *state) {
    size_t n = 0;
    key_end end = {0};
    *state = MICROTS_MORE;
    position(it, 0, span, start);
    for (size_t keys = 0; keys < MICROTS_MAX_KEYS; rocksdb_iter_next(it), keys++) {
        if (!rocksdb_iter_valid(it)) {
            *state = MICROTS_END;
            break;
        }
        size_t klen;
        const char *key = rocksdb_iter_key(it, &klen);
        if (compare(key, klen, span->last, span->key_size) > 0) {
            *state = MICROTS_END;
            break;
        }
        n += read_key(span, key, klen, &end);
    }
    return n;
}

int microts_get(rocksdb_t *db, const rocksdb_readoptions_t *options,
                const unsigned char *key, size_t key_size,
                unsigned char *value, size_t max, size_t *length, char **err) {
    *err = NULL;
    *length = 0;
    rocksdb_pinnableslice_t *pinned = rocksdb_get_pinned(db, options, (const char *)key, key_size, err);
    if (*err != NULL) return -1;
    if (pinned == NULL) return 0;
    const char *data = rocksdb_pinnableslice_value(pinned, length);
    memcpy(value, data, *length < max ? *length : max);
    rocksdb_pinnableslice_destroy(pinned);
    return 1;
}

static size_t read_varint(const unsigned char **at) {
    size_t n = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char c = *(*at)++;
        n |= (size_t)(c & 0x7f) << shift;
        if (c < 0x80) return n;
    }
}

void microts_add_batch(rocksdb_sstfilewriter_t *writer, const unsigned char *batch, size_t length, char **err) {
    enum { HEADER = 12, TAG_PUT = 1 };
    const unsigned char *at = batch + HEADER, *end = batch + length;
    *err = NULL;
    while (at < end && *err == NULL) {
        int tag = *at++;
        size_t klen = read_varint(&at);
        const unsigned char *key = at;
        at += klen;
        if (tag != TAG_PUT) continue; /* a seal */
        size_t vlen = read_varint(&at);
        if (key[0] != 0) rocksdb_sstfilewriter_put(writer, (const char *)key, klen, (const char *)at, vlen, err);
        at += vlen;
    }
}
