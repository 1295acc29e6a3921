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
    enum { TICK_KEY_SIZE = 24 }; /* of nearly all rows: three words instead of a call */
    if (alen == TICK_KEY_SIZE && key_size == TICK_KEY_SIZE) {
        for (int at = 0; at < TICK_KEY_SIZE; at += 8) {
            uint64_t x = read_be64(a + at), y = read_be64((const char *)b + at);
            if (x != y) return x < y ? -1 : 1;
        }
        return 0;
    }
    int c = memcmp(a, b, alen < key_size ? alen : key_size);
    if (c != 0) return c;
    return alen < key_size ? -1 : alen > key_size;
}

/* Takes a row; 0 if there is no room for its value. */
typedef int take(void *into, size_t row, const key_end *end, const char *value, size_t vlen);

/* Reads rows of a span, at most max_rows, until take has no room: see microts_fill. */
static inline __attribute__((always_inline)) size_t
read_rows(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start, size_t max_rows,
          take *take, void *into, size_t *need, int *state) {
    size_t n = 0;
    key_end end = {0};
    *need = 0;
    *state = MICROTS_MORE;
    const unsigned char *bound = reverse ? span->first : span->last;
    position(it, reverse, span, start);
    for (size_t keys = 0; n < max_rows && keys < MICROTS_MAX_KEYS; advance(it, reverse), keys++) {
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
        if (!take(into, n, &end, value, vlen)) {
            *need = vlen;
            break;
        }
        n++;
    }
    return n;
}

static int take_value(void *into, size_t n, const key_end *end, const char *value, size_t vlen) {
    const microts_columns *c = into;
    size_t at = c->offsets[n];
    if (vlen > c->max_values - at) return 0;
    c->times[n] = end->time;
    c->seqs[n] = end->seq;
    memcpy(c->values + at, value, vlen);
    c->offsets[n + 1] = (uint32_t)(at + vlen);
    return 1;
}

size_t microts_fill(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start,
                    const microts_columns *columns, size_t *need, int *state) {
    columns->offsets[0] = 0;
    return read_rows(it, reverse, span, start, columns->max_rows, take_value, (void *)columns, need, state);
}

/* Says whether a value is a tick record: internal/tick/record.go. */
static int is_record(const char *value, size_t vlen) {
    enum { RECORD_SIZE = 50, SIDE = 9, NO_SIDE = 2, RESERVED = 26 };
    if (vlen != RECORD_SIZE || (unsigned char)value[SIDE] > NO_SIDE) return 0;
    uint64_t reserved[3];
    memcpy(reserved, value + RESERVED, sizeof reserved);
    return (reserved[0] | reserved[1] | reserved[2]) == 0;
}

static int take_record(void *into, size_t n, const key_end *end, const char *value, size_t vlen) {
    static const char none[50];
    microts_records *r = into;
    if (!is_record(value, vlen)) {
        microts_others *o = &r->others;
        size_t at = o->n == 0 ? 0 : o->ends[o->n - 1];
        if (vlen > o->max_values - at) return 0;
        memcpy(o->values + at, value, vlen);
        o->rows[o->n] = (uint32_t)n;
        o->seqs[o->n] = end->seq;
        o->ends[o->n++] = (uint32_t)(at + vlen);
        value = none;
    }
    r->times[n] = end->time;
    if (r->seqs) r->seqs[n] = end->seq;
    if (r->prices) r->prices[n] = (int32_t)read_be32(value);
    if (r->qtys) r->qtys[n] = read_be32(value + 4);
    if (r->channels) r->channels[n] = (uint8_t)value[8];
    if (r->sides) r->sides[n] = (uint8_t)value[9];
    if (r->order_nos) r->order_nos[n] = read_be64(value + 10);
    if (r->tick_nos) r->tick_nos[n] = read_be64(value + 18);
    return 1;
}

size_t microts_fill_records(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start,
                            microts_records *records, size_t *need, int *state) {
    records->others.n = 0;
    return read_rows(it, reverse, span, start, records->max_rows, take_record, records, need, state);
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
