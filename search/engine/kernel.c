/* The inner loops of evaluation, compiled: the same functions as portable.py, on the same arrays, without the GIL.
 *
 * Frequencies of a field are a tuple (values, bits, over_at, over):
 *   values   uint8[]     by posting of the field; `bits` is 8, or 4 (the even posting in the lower half), or 0 (all are 1)
 *   over_at  uint64[m]   ascending: postings whose frequency is the largest of so many bits, or more
 *   over     uint32[m]   their frequencies
 *
 * A term is a tuple (low, frequencies, first, chunks, bounds, norms, factor):
 *   low      uint16[n]   document number modulo 65,536, ascending within a chunk
 *   first    int         number of the term's first posting in the field
 *   chunks   uint16[c]   numbers of the chunks of 65,536 documents that hold the term, ascending
 *   bounds   int64[c+1]  the postings of chunks[i] are bounds[i] .. bounds[i+1]-1
 *   norms    float32[size], by document      factor   float
 * A posting scores factor * x / (1 + x), x = frequency * norm (see ranking.py); frequencies above 255 count as 255.
 *
 * Arrays come from mapped files that may be damaged: nothing read from them is used as an index unchecked.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define CHUNK 65536
#define BLOCK 64           /* documents that one mark stands for */
#define BATCH 256          /* postings whose frequencies are unpacked at a time */
#define SKIP 128           /* postings for each entry of the skip table over positions */
#define SATURATED 255
#define NEAR 32            /* postings that are looked through rather than halved */

#ifdef _MSC_VER
#define THREAD_LOCAL __declspec(thread)
#else
#define THREAD_LOCAL _Thread_local
#endif

/* Buffers held during a call, released together. */
typedef struct {
    Py_buffer *views;
    Py_ssize_t count, capacity;
} Held;

static void release(Held *held)
{
    for (Py_ssize_t i = 0; i < held->count; i++)
        PyBuffer_Release(&held->views[i]);
    PyMem_Free(held->views);
}

static int reserve(Held *held, Py_ssize_t capacity)
{
    held->count = 0;
    held->capacity = capacity;
    held->views = PyMem_Calloc(capacity ? capacity : 1, sizeof(Py_buffer));
    if (!held->views)
        PyErr_NoMemory();
    return held->views != NULL;
}

/* The bytes of an array as *data, its number of items of `width` bytes as *count. */
static int hold(Held *held, PyObject *array, size_t width, int flags, void *data, Py_ssize_t *count)
{
    Py_buffer *view = &held->views[held->count];
    if (PyObject_GetBuffer(array, view, flags) < 0)
        return 0;
    held->count++;
    if (view->len % (Py_ssize_t)width) {
        PyErr_Format(PyExc_ValueError, "an array of %zu-byte items has %zd bytes", width, view->len);
        return 0;
    }
    *(void **)data = view->buf;
    *count = view->len / (Py_ssize_t)width;
    return 1;
}

/* The frequencies of a field, by posting. */
typedef struct {
    const uint8_t *values;
    const uint64_t *over_at;
    const uint32_t *over;
    Py_ssize_t postings, overs;
    int bits;
} Frequencies;

static int hold_frequencies(Held *held, PyObject *tuple, Frequencies *freqs)
{
    PyObject *values, *over_at, *over;
    Py_ssize_t overs;
    if (!PyArg_ParseTuple(tuple, "OiOO", &values, &freqs->bits, &over_at, &over) ||
        !hold(held, values, 1, PyBUF_SIMPLE, &freqs->values, &freqs->postings) ||
        !hold(held, over_at, 8, PyBUF_SIMPLE, &freqs->over_at, &freqs->overs) ||
        !hold(held, over, 4, PyBUF_SIMPLE, &freqs->over, &overs))
        return 0;
    if (freqs->bits == 4)
        freqs->postings *= 2;
    else if (freqs->bits == 0)
        freqs->postings = PY_SSIZE_T_MAX;
    if (overs < freqs->overs)
        freqs->overs = overs;
    return 1;
}

/* The frequency of a posting of the field; the caller knows that there is such a posting. */
static uint32_t frequency(const Frequencies *freqs, int64_t posting)
{
    if (freqs->bits == 0)
        return 1;
    uint32_t value = freqs->bits == 8 ? freqs->values[posting] : freqs->values[posting / 2] >> 4 * (posting & 1) & 15;
    if (value < (freqs->bits == 8 ? 255u : 15u))
        return value;
    Py_ssize_t low = 0, high = freqs->overs;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (freqs->over_at[middle] < (uint64_t)posting) low = middle + 1; else high = middle;
    }
    return low < freqs->overs && freqs->over_at[low] == (uint64_t)posting ? freqs->over[low] : value;
}

typedef struct {
    const uint16_t *low;
    Frequencies freqs;
    const uint16_t *chunks;
    const int64_t *bounds;
    const float *norms;
    Py_ssize_t runs;       /* chunks that hold the term */
    Py_ssize_t run;        /* the current one */
    int64_t at;            /* the current posting in it */
    Py_ssize_t first;      /* the number of posting 0 in the field */
    float factor;
} Term;

/* Documents alone, from their three arrays; bounds are checked here, once. */
static int hold_documents(Held *held, PyObject *low, PyObject *chunks, PyObject *bounds_in, Term *term)
{
    Py_ssize_t postings, bounds;
    if (!hold(held, low, 2, PyBUF_SIMPLE, &term->low, &postings) ||
        !hold(held, chunks, 2, PyBUF_SIMPLE, &term->chunks, &term->runs) ||
        !hold(held, bounds_in, 8, PyBUF_SIMPLE, &term->bounds, &bounds))
        return 0;
    int sound = bounds == term->runs + 1 && term->bounds[0] >= 0 && term->bounds[term->runs] <= postings;
    for (Py_ssize_t i = 0; sound && i < term->runs; i++)
        sound = term->bounds[i] <= term->bounds[i + 1];
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "the arrays of a term do not fit together");
        return 0;
    }
    term->run = 0;
    term->at = term->bounds[0];
    return 1;
}

static int hold_term(Held *held, PyObject *tuple, Py_ssize_t size, Term *term)
{
    PyObject *low, *freqs, *chunks, *bounds, *norms_in;
    Py_ssize_t norms;
    if (!PyArg_ParseTuple(tuple, "OO!nOOOf", &low, &PyTuple_Type, &freqs, &term->first, &chunks, &bounds, &norms_in,
                          &term->factor) ||
        !hold_documents(held, low, chunks, bounds, term) || !hold_frequencies(held, freqs, &term->freqs) ||
        !hold(held, norms_in, 4, PyBUF_SIMPLE, &term->norms, &norms))
        return 0;
    if (norms < size || term->first < 0 || term->freqs.postings - term->first < term->bounds[term->runs]) {
        PyErr_SetString(PyExc_ValueError, "the arrays of a term do not fit together");
        return 0;
    }
    return 1;
}

/* The terms of a tuple of terms, in memory of their own; NULL with an exception set. */
static Term *hold_terms(Held *held, PyObject *tuple, Py_ssize_t size, Py_ssize_t *count, Py_ssize_t others)
{
    *count = PyTuple_Size(tuple);
    if (*count < 0 || !reserve(held, 7 * *count + others))
        return NULL;
    Term *terms = PyMem_Calloc(*count ? *count : 1, sizeof(Term));
    if (!terms) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < *count; i++)
        if (!PyTuple_Check(PyTuple_GET_ITEM(tuple, i)) || !hold_term(held, PyTuple_GET_ITEM(tuple, i), size, &terms[i])) {
            PyMem_Free(terms);
            return NULL;
        }
    return terms;
}

/* The score that a document has for one posting of a term. */
static float score(const Term *term, int64_t posting, uint32_t doc)
{
    uint32_t value = frequency(&term->freqs, term->first + posting);
    float x = (value < SATURATED ? value : SATURATED) * term->norms[doc];
    return term->factor * (x / (1.0f + x));
}

/* Frequencies of some postings of a term, each at most 255: where they are, or, of less than 8 bits, in `room`. */
static const uint8_t *batch(const Term *term, int64_t start, int n, uint8_t *room)
{
    if (term->freqs.bits == 8)
        return term->freqs.values + term->first + start;
    for (int i = 0; i < n; i++) {
        uint32_t value = frequency(&term->freqs, term->first + start + i);
        room[i] = (uint8_t)(value < SATURATED ? value : SATURATED);
    }
    return room;
}

/* The posting of a document, or -1. Documents must be asked for in ascending order. */
static int64_t seek(Term *term, uint32_t doc)
{
    uint32_t chunk = doc >> 16, low = doc & (CHUNK - 1);
    while (term->run < term->runs && term->chunks[term->run] < chunk)
        term->at = term->bounds[++term->run];
    if (term->run == term->runs || term->chunks[term->run] != chunk)
        return -1;
    int64_t end = term->bounds[term->run + 1], lo = term->at, step = NEAR;
    while (lo + step <= end && term->low[lo + step - 1] < low) {
        lo += step;
        step <<= 1;
    }
    int64_t hi = lo + step < end ? lo + step : end;
    while (hi - lo > NEAR) {                               /* the first one at or after `low` is in lo .. hi */
        int64_t middle = (lo + hi) >> 1;
        if (term->low[middle] < low) lo = middle + 1; else hi = middle;
    }
    int below = 0;                                         /* counting, not branching: the compiler makes it vectors */
    for (int64_t i = lo; i < hi; i++)
        below += term->low[i] < low;
    lo += below;
    term->at = lo;
    return lo < end && term->low[lo] == low ? lo : -1;
}

/* Scores of one chunk's postings, added into a window of its documents; `marks`, unless NULL, tells which blocks were
 * touched. */
static void add_run(const Term *term, int64_t from, int64_t to, const float *norms, uint32_t span, float *window,
                    uint8_t *marks)
{
    uint8_t room[BATCH];
    for (int64_t start = from; start < to; start += BATCH) {
        int n = to - start < BATCH ? (int)(to - start) : BATCH;
        const uint16_t *low = term->low + start;
        const uint8_t *freqs = batch(term, start, n, room);
        for (int i = 0; i < n; i++) {
            float x = low[i] < span ? freqs[i] * norms[low[i]] : 0.0f;
            window[low[i]] += term->factor * (x / (1.0f + x));
        }
        if (marks)
            for (int i = 0; i < n; i++)
                marks[low[i] / BLOCK] = 1;
    }
}

/* Moves what a window holds to docs and scores, and leaves the window all zero again. */
static Py_ssize_t drain(float *window, uint8_t *marks, uint32_t base, uint32_t *docs, float *scores, Py_ssize_t room)
{
    Py_ssize_t n = 0;
    for (int block = 0; block < CHUNK / BLOCK; block++) {
        if (!marks[block])
            continue;
        marks[block] = 0;
        float *part = window + block * BLOCK;
        uint32_t first = base + block * BLOCK;
        if (room - n >= BLOCK)
            for (int i = 0; i < BLOCK; i++) {
                docs[n] = first + i;
                scores[n] = part[i];
                n += part[i] != 0.0f;
            }
        else
            for (int i = 0; i < BLOCK; i++)
                if (part[i] != 0.0f && n < room) {
                    docs[n] = first + i;
                    scores[n++] = part[i];
                }
        memset(part, 0, BLOCK * sizeof(float));
    }
    return n;
}

static Py_ssize_t unite(Term *terms, Py_ssize_t count, uint32_t size, uint32_t *docs, float *scores, Py_ssize_t room)
{
    static THREAD_LOCAL float window[CHUNK];
    static THREAD_LOCAL uint8_t marks[CHUNK / BLOCK];
    Py_ssize_t n = 0;
    for (uint32_t base = 0; base < size; base += CHUNK) {
        uint32_t span = size - base < CHUNK ? size - base : CHUNK, chunk = base / CHUNK;
        int64_t touched = 0;
        for (Py_ssize_t k = 0; k < count; k++)
            if (terms[k].run < terms[k].runs && terms[k].chunks[terms[k].run] == chunk)
                touched += terms[k].bounds[terms[k].run + 1] - terms[k].bounds[terms[k].run];
        int dense = touched > CHUNK / 16;                  /* then every block is looked at */
        if (dense)
            memset(marks, 1, sizeof marks);
        for (Py_ssize_t k = 0; k < count; k++) {
            Term *term = &terms[k];
            if (term->run < term->runs && term->chunks[term->run] == chunk) {
                add_run(term, term->bounds[term->run], term->bounds[term->run + 1], term->norms + base, span, window,
                        dense ? NULL : marks);
                term->run++;
            }
        }
        if (touched)
            n += drain(window, marks, base, docs + n, scores + n, room - n);
        if (size - base <= CHUNK)
            break;
    }
    return n;
}

static Py_ssize_t intersect(Term *terms, Py_ssize_t count, uint32_t size, uint32_t *docs, float *scores,
                            Py_ssize_t room)
{
    Py_ssize_t rarest = 0, n = 0;
    for (Py_ssize_t k = 1; k < count; k++)
        if (terms[k].bounds[terms[k].runs] < terms[rarest].bounds[terms[rarest].runs])
            rarest = k;
    const Term driver = terms[rarest];
    for (Py_ssize_t run = 0; run < driver.runs; run++)
        for (int64_t at = driver.bounds[run]; at < driver.bounds[run + 1] && n < room; at++) {
            uint32_t doc = (uint32_t)driver.chunks[run] << 16 | driver.low[at];
            float sum = 0.0f;
            Py_ssize_t k = 0;
            if (doc >= size)
                continue;
            for (; k < count; k++) {
                int64_t posting = k == rarest ? at : seek(&terms[k], doc);
                if (posting < 0)
                    break;
                sum += score(&terms[k], posting, doc);
            }
            if (k == count) {
                docs[n] = doc;
                scores[n++] = sum;
            }
        }
    return n;
}

typedef Py_ssize_t (*Combine)(Term *, Py_ssize_t, uint32_t, uint32_t *, float *, Py_ssize_t);

/* (terms, size, docs out, scores out) -> number of documents */
static PyObject *combine(PyObject *args, Combine how)
{
    PyObject *tuple, *docs_out, *scores_out;
    Py_ssize_t size, count, room, scores_room, n = 0;
    uint32_t *docs;
    float *scores;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "O!nOO", &PyTuple_Type, &tuple, &size, &docs_out, &scores_out))
        return NULL;
    Term *terms = hold_terms(&held, tuple, size, &count, 2);
    if (terms && hold(&held, docs_out, 4, PyBUF_WRITABLE, &docs, &room) &&
        hold(&held, scores_out, 4, PyBUF_WRITABLE, &scores, &scores_room)) {
        if (scores_room < room)
            room = scores_room;
        Py_BEGIN_ALLOW_THREADS
        n = count ? how(terms, count, (uint32_t)size, docs, scores, room) : 0;
        Py_END_ALLOW_THREADS
    }
    PyMem_Free(terms);
    release(&held);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *py_union(PyObject *self, PyObject *args) { return combine(args, unite); }
static PyObject *py_intersect(PyObject *self, PyObject *args) { return combine(args, intersect); }

/* (docs, scores in and out, terms, size): adds the score of each term to the documents that hold it */
static PyObject *py_augment(PyObject *self, PyObject *args)
{
    PyObject *docs_in, *scores_out, *tuple;
    Py_ssize_t size, count, n, m;
    const uint32_t *docs;
    float *scores;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OOO!n", &docs_in, &scores_out, &PyTuple_Type, &tuple, &size))
        return NULL;
    Term *terms = hold_terms(&held, tuple, size, &count, 2);
    if (terms && hold(&held, docs_in, 4, PyBUF_SIMPLE, &docs, &n) &&
        hold(&held, scores_out, 4, PyBUF_WRITABLE, &scores, &m)) {
        if (m < n)
            n = m;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t k = 0; k < count; k++)
            for (Py_ssize_t i = 0; i < n; i++) {
                int64_t posting = docs[i] < (uint32_t)size ? seek(&terms[k], docs[i]) : -1;
                if (posting >= 0)
                    scores[i] += score(&terms[k], posting, docs[i]);
            }
        Py_END_ALLOW_THREADS
    }
    PyMem_Free(terms);
    release(&held);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (docs, low, chunks, bounds, rows out): the posting of each document, or -1 */
static PyObject *py_locate(PyObject *self, PyObject *args)
{
    PyObject *docs_in, *low, *chunks, *bounds, *rows_out;
    Py_ssize_t n, m;
    const uint32_t *docs;
    int32_t *rows;
    Term term = {0};
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OOOOO", &docs_in, &low, &chunks, &bounds, &rows_out))
        return NULL;
    if (reserve(&held, 5) && hold_documents(&held, low, chunks, bounds, &term) &&
        hold(&held, docs_in, 4, PyBUF_SIMPLE, &docs, &n) && hold(&held, rows_out, 4, PyBUF_WRITABLE, &rows, &m)) {
        if (m < n)
            n = m;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n; i++)
            rows[i] = (int32_t)seek(&term, docs[i]);
        Py_END_ALLOW_THREADS
    }
    release(&held);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (docs, others, rows out): where each document is among the others, or -1; both ascend */
static PyObject *py_rows(PyObject *self, PyObject *args)
{
    PyObject *docs_in, *others_in, *rows_out;
    Py_ssize_t n, m, room, lo = 0;
    const uint32_t *docs, *others;
    int32_t *rows;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OOO", &docs_in, &others_in, &rows_out))
        return NULL;
    if (reserve(&held, 3) && hold(&held, docs_in, 4, PyBUF_SIMPLE, &docs, &n) &&
        hold(&held, others_in, 4, PyBUF_SIMPLE, &others, &m) &&
        hold(&held, rows_out, 4, PyBUF_WRITABLE, &rows, &room)) {
        if (room < n)
            n = room;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_ssize_t step = 1;
            while (lo + step < m && others[lo + step] < docs[i]) {
                lo += step;
                step <<= 1;
            }
            Py_ssize_t hi = lo + step < m ? lo + step : m - 1;
            while (lo <= hi) {
                Py_ssize_t mid = (lo + hi) >> 1;
                if (others[mid] < docs[i]) lo = mid + 1; else hi = mid - 1;
            }
            rows[i] = lo < m && others[lo] == docs[i] ? (int32_t)lo : -1;
        }
        Py_END_ALLOW_THREADS
    }
    release(&held);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* An unsigned little item of an array whose items are 1, 2, 4 or 8 bytes wide. */
static inline uint64_t item(const void *data, Py_ssize_t width, int64_t i)
{
    switch (width) {
    case 1: return ((const uint8_t *)data)[i];
    case 2: return ((const uint16_t *)data)[i];
    case 4: return ((const uint32_t *)data)[i];
    default: return ((const uint64_t *)data)[i];
    }
}

#define TALLY(type)                                                         \
    for (Py_ssize_t i = 0; i < n; i++) {                                    \
        type code = docs[i] < rows ? ((const type *)codes)[docs[i]] - (type)origin : 0; \
        if (code < values)                                                  \
            counts[code]++;                                                 \
    }

/* Four tables side by side, so that equal codes in a row do not wait for each other. */
static void tally_bytes(const uint32_t *docs, Py_ssize_t n, const uint8_t *codes, Py_ssize_t rows, int64_t *counts,
                        Py_ssize_t values)
{
    uint32_t tables[4][256] = {{0}};
    for (Py_ssize_t i = 0; i < n; i++)
        tables[i & 3][docs[i] < rows ? codes[docs[i]] : 0]++;
    for (Py_ssize_t v = 0; v < values && v < 256; v++)
        counts[v] += (int64_t)tables[0][v] + tables[1][v] + tables[2][v] + tables[3][v];
}

/* (docs, codes, width of codes, origin, counts in and out): counts[codes[doc] - origin] += 1 for each document */
static PyObject *py_tally(PyObject *self, PyObject *args)
{
    PyObject *docs_in, *codes_in, *counts_out;
    Py_ssize_t n, bytes, values, width, origin;
    const uint32_t *docs;
    const void *codes;
    int64_t *counts;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OOnnO", &docs_in, &codes_in, &width, &origin, &counts_out))
        return NULL;
    if (reserve(&held, 3) && hold(&held, docs_in, 4, PyBUF_SIMPLE, &docs, &n) &&
        hold(&held, codes_in, 1, PyBUF_SIMPLE, &codes, &bytes) &&
        hold(&held, counts_out, 8, PyBUF_WRITABLE, &counts, &values)) {
        Py_ssize_t rows = bytes / width;
        Py_BEGIN_ALLOW_THREADS
        if (width == 1 && origin == 0)
            tally_bytes(docs, n, codes, rows, counts, values);
        else if (width == 1) {
            TALLY(uint8_t)
        } else if (width == 2) {
            TALLY(uint16_t)
        } else {
            TALLY(uint32_t)
        }
        Py_END_ALLOW_THREADS
    }
    release(&held);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (text, starts, width of starts, term) -> the ordinal of the first term that is not below `term` */
static PyObject *py_lower(PyObject *self, PyObject *args)
{
    PyObject *text_in, *starts_in;
    Py_buffer wanted;
    Py_ssize_t bytes, starts_bytes, width, low = 0;
    const char *text;
    const void *starts;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OOny*", &text_in, &starts_in, &width, &wanted))
        return NULL;
    if (reserve(&held, 2) && hold(&held, text_in, 1, PyBUF_SIMPLE, &text, &bytes) &&
        hold(&held, starts_in, 1, PyBUF_SIMPLE, &starts, &starts_bytes)) {
        Py_ssize_t high = starts_bytes / width - 1;
        while (low < high) {
            Py_ssize_t middle = (low + high) / 2;
            uint64_t from = item(starts, width, middle), to = item(starts, width, middle + 1);
            if (from > to || to > (uint64_t)bytes) {
                PyErr_SetString(PyExc_ValueError, "the starts of a dictionary do not ascend");
                break;
            }
            Py_ssize_t length = (Py_ssize_t)(to - from);
            int order = memcmp(text + from, wanted.buf, length < wanted.len ? length : wanted.len);
            if (order < 0 || (order == 0 && length < wanted.len))
                low = middle + 1;
            else
                high = middle;
        }
    }
    release(&held);
    PyBuffer_Release(&wanted);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(low);
}

/* One term's positions, read forward. */
typedef struct {
    Frequencies freqs;
    const uint8_t *deltas;
    const void *skip;
    const int32_t *rows;
    Py_ssize_t bytes, skips, skip_width, start;
    int64_t posting, byte;         /* where the next posting begins */
    uint32_t *positions;           /* of the document at hand */
    Py_ssize_t count, capacity;
} Reader;

#define EACH_BYTE(value) (0x0101010101010101ULL * (value))

/* How many of the eight bytes are 255. */
static inline int saturated(uint64_t word)
{
    uint64_t low = (~word & EACH_BYTE(0x7F)) + EACH_BYTE(0x7F);       /* the upper bit stays 0 where ~byte is 0 */
    return (int)((~(low | ~word) >> 7 & EACH_BYTE(1)) * EACH_BYTE(1) >> 56);
}

/* The first `n` (1 to 8) of the eight bytes there, the others 0. */
static inline uint64_t first_bytes(const uint8_t *bytes, int64_t n)
{
    uint64_t word = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    memcpy(&word, bytes, (size_t)n);
    return word;
#else
    memcpy(&word, bytes, 8);
    return word & ~0ULL >> (64 - 8 * n);
#endif
}

/* The byte after `count` positions that begin at `at`: each ends at a byte below 255, and most are but that byte. */
static int64_t pass(const uint8_t *deltas, int64_t bytes, int64_t at, int64_t count)
{
    for (; count >= 8 && at + 8 <= bytes; at += 8)
        count -= 8 - saturated(first_bytes(deltas + at, 8));
    while (count > 0 && at + 8 <= bytes) {
        int64_t step = count < 8 ? count : 8;
        count -= step - saturated(first_bytes(deltas + at, step));
        at += step;
    }
    while (count > 0 && at < bytes)
        count -= deltas[at++] != SATURATED;
    return at;
}

/* The frequencies of the postings from .. to - 1, fewer than SKIP, added up. */
static int64_t sum_frequencies(const Frequencies *freqs, int64_t from, int64_t to)
{
    uint64_t lanes = 0, word;                              /* four sums of 16 bits: SKIP / 4 * 255 fits */
    while (freqs->bits == 8 && from < to && from + 8 <= freqs->postings) {
        int64_t step = to - from;
        word = first_bytes(freqs->values + from, step < 8 ? step : 8);
        if (saturated(word))
            break;
        lanes += (word & 0x00FF00FF00FF00FFULL) + (word >> 8 & 0x00FF00FF00FF00FFULL);
        from += 8;
    }
    int64_t sum = (int64_t)(lanes * 0x0001000100010001ULL >> 48);
    for (; from < to; from++)
        sum += frequency(freqs, from);
    return sum;
}

static int grow(Reader *reader, int64_t count)
{
    if (count <= reader->capacity)
        return 1;
    uint32_t *positions = PyMem_RawRealloc(reader->positions, 2 * count * sizeof(uint32_t));
    if (!positions)
        return 0;
    reader->positions = positions;
    reader->capacity = 2 * count;
    return 1;
}

/* The positions of one posting of the field; 0 when memory is out. */
static int read_positions(Reader *reader, int64_t posting)
{
    reader->count = 0;
    if (posting < 0 || posting >= reader->freqs.postings || posting / SKIP >= reader->skips)
        return 1;
    if (posting < reader->posting || posting / SKIP != reader->posting / SKIP || reader->byte < 0) {
        reader->posting = posting - posting % SKIP;
        reader->byte = (int64_t)item(reader->skip, reader->skip_width, posting / SKIP);
        if (reader->byte < 0 || reader->byte > reader->bytes)
            reader->byte = reader->bytes;
    }
    int64_t count = frequency(&reader->freqs, posting), bytes = reader->bytes, n = 0;
    int64_t before = sum_frequencies(&reader->freqs, reader->posting, posting);
    int64_t at = pass(reader->deltas, bytes, reader->byte, before);
    if (count > bytes)
        count = bytes;
    if (!grow(reader, count))
        return 0;
    const uint8_t *deltas = reader->deltas;
    uint32_t *positions = reader->positions, position = 0;
    while (n < count && at < bytes) {
        uint8_t delta = deltas[at++];
        position += delta;
        positions[n] = position;
        n += delta != SATURATED;
    }
    reader->count = n;
    reader->byte = at;
    reader->posting = posting + 1;
    return 1;
}

/* Keeps those positions of `reader` that follow one in `ends` within `slop`; returns how many, in `ends`. */
static Py_ssize_t follow(const uint32_t *ends, Py_ssize_t count, const Reader *reader, uint32_t slop, uint32_t *out)
{
    Py_ssize_t i = 0, n = 0;
    for (Py_ssize_t j = 0; j < reader->count; j++) {
        uint32_t position = reader->positions[j];
        while (i < count && (uint64_t)ends[i] + slop < position)
            i++;
        if (i < count && ends[i] < position)
            out[n++] = position;
    }
    return n;
}

/* Ordered chains in one document: positions, one of each reader, each 1 to slop after the one before.
 * Returns how many positions of the last reader end one; -1 when memory is out. */
static Py_ssize_t chains(Reader *readers, Py_ssize_t count, Py_ssize_t doc, uint32_t slop, uint32_t **scratch,
                         Py_ssize_t *capacity)
{
    if (!read_positions(&readers[0], readers[0].start + readers[0].rows[doc]))
        return -1;
    const uint32_t *ends = readers[0].positions;
    Py_ssize_t n = readers[0].count;
    for (Py_ssize_t k = 1; k < count && n; k++) {
        if (!read_positions(&readers[k], readers[k].start + readers[k].rows[doc]))
            return -1;
        if (readers[k].count > *capacity) {
            Py_ssize_t wanted = 2 * readers[k].count;
            for (int side = 0; side < 2; side++) {
                uint32_t *larger = PyMem_RawRealloc(scratch[side], wanted * sizeof(uint32_t));
                if (!larger)
                    return -1;
                if (ends == scratch[side])
                    ends = larger;
                scratch[side] = larger;
            }
            *capacity = wanted;
        }
        uint32_t *out = ends == scratch[0] ? scratch[1] : scratch[0];
        n = follow(ends, n, &readers[k], slop, out);
        ends = out;
    }
    return n;
}

/* A reader from (frequencies, deltas, skip, width of skip, start, rows) */
static int hold_reader(Held *held, PyObject *tuple, Py_ssize_t docs, Reader *reader)
{
    PyObject *freqs, *deltas, *skip, *rows;
    Py_ssize_t skip_bytes, count;
    if (!PyArg_ParseTuple(tuple, "O!OOnnO", &PyTuple_Type, &freqs, &deltas, &skip, &reader->skip_width,
                          &reader->start, &rows) ||
        !hold_frequencies(held, freqs, &reader->freqs) ||
        !hold(held, deltas, 1, PyBUF_SIMPLE, &reader->deltas, &reader->bytes) ||
        !hold(held, skip, 1, PyBUF_SIMPLE, &reader->skip, &skip_bytes) ||
        !hold(held, rows, 4, PyBUF_SIMPLE, &reader->rows, &count))
        return 0;
    reader->skips = skip_bytes / reader->skip_width;
    reader->byte = -1;
    if (count < docs) {
        PyErr_SetString(PyExc_ValueError, "the arrays of positions do not fit together");
        return 0;
    }
    return 1;
}

typedef struct {
    Reader *readers;
    Py_ssize_t count, docs;
    uint32_t *counts;
    Held held;
} Walk;

/* Readers and room for counts (`pairs`: of each pair of neighbours, else one), from (readers, counts out). */
static int start_walk(Walk *walk, PyObject *tuple, PyObject *counts_out, int pairs)
{
    Py_ssize_t room;
    walk->count = PyTuple_GET_SIZE(tuple);
    walk->readers = PyMem_Calloc(walk->count + 1, sizeof(Reader));
    if (!walk->readers) {
        PyErr_NoMemory();
        return 0;
    }
    if (!reserve(&walk->held, 6 * walk->count + 1) ||
        !hold(&walk->held, counts_out, 4, PyBUF_WRITABLE, &walk->counts, &room))
        return 0;
    walk->docs = !pairs ? room : walk->count > 1 ? room / (walk->count - 1) : 0;
    for (Py_ssize_t k = 0; k < walk->count; k++) {
        PyObject *reader = PyTuple_GET_ITEM(tuple, k);
        if (!PyTuple_Check(reader) || !hold_reader(&walk->held, reader, walk->docs, &walk->readers[k]))
            return 0;
    }
    return walk->count > 0;
}

static PyObject *end_walk(Walk *walk, int enough)
{
    for (Py_ssize_t k = 0; walk->readers && k < walk->count; k++)
        PyMem_RawFree(walk->readers[k].positions);
    PyMem_Free(walk->readers);
    release(&walk->held);
    if (!enough)
        return PyErr_NoMemory();
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (readers, slop, counts out): for each document, how many places end an ordered chain of all the terms */
static PyObject *py_chain(PyObject *self, PyObject *args)
{
    PyObject *tuple, *counts_out;
    Py_ssize_t slop, capacity = 0;
    uint32_t *scratch[2] = {NULL, NULL};
    int enough = 1;
    Walk walk = {0};
    if (!PyArg_ParseTuple(args, "O!nO", &PyTuple_Type, &tuple, &slop, &counts_out))
        return NULL;
    if (start_walk(&walk, tuple, counts_out, 0)) {
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < walk.docs && enough; i++) {
            Py_ssize_t found = chains(walk.readers, walk.count, i, (uint32_t)slop, scratch, &capacity);
            enough = found >= 0;
            walk.counts[i] = enough ? (uint32_t)found : 0;
        }
        Py_END_ALLOW_THREADS
    }
    PyMem_RawFree(scratch[0]);
    PyMem_RawFree(scratch[1]);
    return end_walk(&walk, enough);
}

/* How many positions of `b` come right after one of `a`. */
static uint32_t adjacent(const Reader *a, const Reader *b)
{
    uint32_t n = 0;
    for (Py_ssize_t i = 0, j = 0; i < a->count && j < b->count;) {
        uint32_t wanted = a->positions[i] + 1;
        n += b->positions[j] == wanted;
        i += b->positions[j] >= wanted;
        j += b->positions[j] <= wanted;
    }
    return n;
}

/* (readers, counts out): counts[k * docs + i] = how often terms k and k + 1 are side by side in document i; rows may be
 * -1. Each term's positions are read once. */
static PyObject *py_neighbours(PyObject *self, PyObject *args)
{
    PyObject *tuple, *counts_out;
    int enough = 1;
    Walk walk = {0};
    if (!PyArg_ParseTuple(args, "O!O", &PyTuple_Type, &tuple, &counts_out))
        return NULL;
    if (start_walk(&walk, tuple, counts_out, 1)) {
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < walk.docs && enough; i++)
            for (Py_ssize_t k = 0; k < walk.count && enough; k++) {
                Reader *reader = &walk.readers[k];
                int before = k > 0 && walk.readers[k - 1].rows[i] >= 0;
                int after = k + 1 < walk.count && walk.readers[k + 1].rows[i] >= 0;
                int here = reader->rows[i] >= 0;
                if (here && (before || after))
                    enough = read_positions(reader, reader->start + reader->rows[i]);
                if (k > 0)
                    walk.counts[(k - 1) * walk.docs + i] =
                        here && before && enough ? adjacent(&walk.readers[k - 1], reader) : 0;
            }
        Py_END_ALLOW_THREADS
    }
    return end_walk(&walk, enough);
}

static PyMethodDef methods[] = {
    {"union", py_union, METH_VARARGS, "union(terms, size, docs, scores) -> int"},
    {"intersect", py_intersect, METH_VARARGS, "intersect(terms, size, docs, scores) -> int"},
    {"augment", py_augment, METH_VARARGS, "augment(docs, scores, terms, size)"},
    {"locate", py_locate, METH_VARARGS, "locate(docs, low, chunks, bounds, rows)"},
    {"rows", py_rows, METH_VARARGS, "rows(docs, others, rows)"},
    {"tally", py_tally, METH_VARARGS, "tally(docs, codes, width, origin, counts)"},
    {"lower", py_lower, METH_VARARGS, "lower(text, starts, width, term) -> int"},
    {"neighbours", py_neighbours, METH_VARARGS, "neighbours(readers, counts)"},
    {"chain", py_chain, METH_VARARGS, "chain(readers, slop, counts)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_kernel", "The inner loops of evaluation, compiled.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModule_Create(&module); }
