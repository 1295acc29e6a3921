/*
 * block.h: the reads for which one call a row through cgo is too slow.
 * The project's one C boundary of its own; block.go is its Go side.
 */
#ifndef MICROTS_BLOCK_H
#define MICROTS_BLOCK_H

#include <rocksdb/c.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The keys of key_size bytes from first to last, both included, that are keys of
 * ticks or points (layout.go). Other keys in between are passed over.
 *
 * kind < 0: format V2. A key ends in chunk_base_ms (8 bytes), micro_offset (4)
 * and seq (2), and is one only if chunk_base_ms is a multiple of 30,000 and
 * micro_offset is below 30,000,000.
 *
 * kind >= 0: format V1. A key ends in ts_us (8 bytes) and the byte kind.
 */
typedef struct {
    const unsigned char *first, *last;
    size_t key_size;
    int kind;
} microts_span;

/*
 * The columns of a block, each with room for max_rows rows: the time in us, the
 * seq (0 in format V1), and where each row's value begins in values; offsets has
 * room for one more, the end of the last value. values has room for max_values
 * bytes.
 */
typedef struct {
    int64_t *times;
    uint16_t *seqs;
    uint32_t *offsets;
    size_t max_rows;
    unsigned char *values;
    size_t max_values;
} microts_columns;

enum {
    MICROTS_MORE = 0, /* there may be more rows; the next call goes on from here */
    MICROTS_END = 1   /* no row is left up to the bound, or the iterator failed */
};

/* How many keys one call reads at most, those it passes over included: about 5 ms. */
enum { MICROTS_MAX_KEYS = 1 << 16 };

/*
 * Copies rows of a span into columns until the columns or their values are full,
 * the last row was passed, or MICROTS_MAX_KEYS keys were read. With start it begins
 * at the span's first row (in reverse, at its last), else where the last call ended.
 * A row whose value does not fit is left for the next call. *need is 0, or the length
 * of the value that did not fit. *state says whether there may be more rows. Returns
 * the number of rows, which may be 0 even then. Keeps no pointer.
 */
size_t microts_fill(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start,
                    const microts_columns *columns, size_t *need, int *state);

/*
 * The rows of a block whose values are no tick records, n of them: which rows they are,
 * and the seq of each and where its value ends in values. rows, seqs and ends have room
 * for all rows of the block, values has room for max_values bytes.
 */
typedef struct {
    size_t n;
    uint32_t *rows;
    uint16_t *seqs;
    uint32_t *ends;
    unsigned char *values;
    size_t max_values;
} microts_others;

/*
 * The columns of a block of tick records (internal/tick/record.go), each with room for
 * max_rows rows. All but times may be NULL: then nobody asks for them. The fields of the
 * rows in others are 0.
 */
typedef struct {
    int64_t *times;
    uint16_t *seqs;
    int32_t *prices;
    uint32_t *qtys;
    uint8_t *channels, *sides;
    uint64_t *order_nos, *tick_nos;
    size_t max_rows;
    microts_others others;
} microts_records;

/* Is microts_fill for columns of tick records. It sets records->others.n. */
size_t microts_fill_records(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start,
                            microts_records *records, size_t *need, int *state);

/* Counts rows in the same way, forwards, without copying them. */
size_t microts_count(rocksdb_iterator_t *it, const microts_span *span, int start, int *state);

/*
 * Looks one key up: 1 found, 0 none, -1 error. Copies as much of the value as
 * max holds; *length is the value's whole length. *err is freed by the caller
 * with rocksdb_free.
 */
int microts_get(rocksdb_t *db, const rocksdb_readoptions_t *options,
                const unsigned char *key, size_t key_size,
                unsigned char *value, size_t max, size_t *length, char **err);

/*
 * Adds the ticks of a write batch (wire.go), which are in ascending order, to a table
 * file. Keys that begin with a zero byte, microts' own, are passed over. *err is
 * freed by the caller with rocksdb_free.
 */
void microts_add_batch(rocksdb_sstfilewriter_t *writer, const unsigned char *batch, size_t length, char **err);

#endif
