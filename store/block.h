/*
 * block.h: the reads for which one call a row through cgo is too slow.
 * The project's one C boundary of its own; block.go is its Go side.
 */
#ifndef MICROTS_BLOCK_H
#define MICROTS_BLOCK_H

#include <rocksdb/c.h>
#include <stddef.h>
#include <stdint.h>

enum { MICROTS_KEY_MAX = 24 };

/* One row of a block: its key, and where its value stands in the values. */
typedef struct {
    unsigned char key[MICROTS_KEY_MAX];
    uint32_t offset;
    uint32_t length;
} microts_row;

/*
 * The keys of key_size bytes from first to last, both included. Of each key a
 * row keeps what follows the first skip bytes. Where kind is not negative, only
 * keys that end in the byte kind count.
 */
typedef struct {
    const unsigned char *first, *last;
    size_t key_size, skip;
    int kind;
} microts_span;

enum {
    MICROTS_MORE = 0, /* the block is full; the iterator stands on the next row */
    MICROTS_END = 1   /* no row is left up to the bound, or the iterator failed */
};

/*
 * Copies rows of a span into rows and values until one of both is full or the
 * last row was passed; with start from the span's first row on (in reverse,
 * from its last), else from where the last call ended. Keys between that are
 * none of the span's are passed over. A row whose value does not fit is left
 * for the next call. *used: bytes of values; *need: 0, or, when not one row was copied, the
 * length of the value that did not fit. Returns the number of rows; *state says
 * whether there may be more. Keeps no pointer.
 */
size_t microts_fill(rocksdb_iterator_t *it, int reverse, const microts_span *span, int start,
                    microts_row *rows, size_t max_rows,
                    unsigned char *values, size_t max_values,
                    size_t *used, size_t *need, int *state);

/* Counts at most max rows in the same way, forwards, without copying them. */
size_t microts_count(rocksdb_iterator_t *it, const microts_span *span, int start, size_t max, int *state);

/*
 * Looks one key up: 1 found, 0 none, -1 error. Copies as much of the value as
 * max holds; *length is the value's whole length. *err is freed by the caller
 * with rocksdb_free.
 */
int microts_get(rocksdb_t *db, const rocksdb_readoptions_t *options,
                const unsigned char *key, size_t key_size,
                unsigned char *value, size_t max, size_t *length, char **err);

/*
 * Adds the ticks of a batch (batch.go), which are in ascending order, to a table
 * file. Keys that begin with a zero byte, microts' own, are passed over. *err is
 * freed by the caller with rocksdb_free.
 */
void microts_add_batch(rocksdb_sstfilewriter_t *writer, const unsigned char *batch, size_t length, char **err);

#endif
