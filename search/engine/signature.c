/* Signatures, compiled: what signature.py does by sorting, with a set of the shingles of one text at a time. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define BINS 64
#define KEY_SHIFT 7        /* bits of a shingle that are left out: signature._TEXT_BITS */
#define EMPTY UINT64_MAX   /* no key: those have 57 bits */

typedef struct {
    uint64_t *slots;
    uint64_t room, capacity;           /* slots there are; of those in use, a power of two */
} Set;

/* Makes the set empty, with room for `count` keys; 0 when memory is out. */
static int clear(Set *set, int64_t count)
{
    uint64_t capacity = 64;
    while (capacity < 2 * (uint64_t)count)
        capacity *= 2;
    if (capacity > set->room) {
        uint64_t *slots = PyMem_RawRealloc(set->slots, capacity * sizeof(uint64_t));
        if (!slots)
            return 0;
        set->slots = slots;
        set->room = capacity;
    }
    set->capacity = capacity;
    memset(set->slots, 0xFF, capacity * sizeof(uint64_t));
    return 1;
}

/* Whether the key was not in the set; it is now. */
static inline int add(Set *set, uint64_t key)
{
    uint64_t at = key & (set->capacity - 1);
    while (set->slots[at] != EMPTY) {
        if (set->slots[at] == key)
            return 0;
        at = (at + 1) & (set->capacity - 1);
    }
    set->slots[at] = key;
    return 1;
}

static inline uint64_t rotated(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline uint64_t shingle(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t x = a + rotated(b, 21) + rotated(c, 42);
    x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDULL;
    x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return x ^ x >> 33;
}

/* The last byte of each bin; one that is empty takes that of the first full one that its own steps lead to. */
static void lend(const uint64_t *least, uint8_t *signature)
{
    for (unsigned bin = 0; bin < BINS; bin++) {
        unsigned at = bin;
        while (least[at] == EMPTY)
            at = (at + bin * 37 % 32 * 2 + 1) % BINS;
        signature[bin] = (uint8_t)least[at];
    }
}

/* Signs one text; returns how many distinct shingles it has. The set has room for them all. */
static int64_t sign(const int32_t *tokens, int64_t count, const uint64_t *hashes, int64_t shortest, Set *set,
                    uint8_t *signature)
{
    uint64_t least[BINS], before = 0, last = 0;
    int64_t words = 0, distinct = 0;
    memset(least, 0xFF, sizeof least);
    memset(signature, 0, BINS);
    for (int64_t i = 0; i < count; i++) {
        uint64_t word = hashes[tokens[i]];
        if (!word)
            continue;
        if (++words >= 3) {
            uint64_t key = shingle(before, last, word) >> KEY_SHIFT;
            if (add(set, key)) {
                uint64_t *bin = &least[key >> (58 - KEY_SHIFT)];
                distinct++;
                if (key < *bin)
                    *bin = key;
            }
        }
        before = last;
        last = word;
    }
    if (distinct && distinct >= shortest)
        lend(least, signature);
    return distinct;
}

/* Whether the texts lie within the tokens, and these have hashes. */
static int fits(const int32_t *tokens, int64_t size, int64_t types, const int64_t *starts, const int64_t *stops,
                int64_t texts)
{
    for (int64_t i = 0; i < texts; i++)
        if (starts[i] < 0 || stops[i] < starts[i] || stops[i] > size)
            return 0;
    for (int64_t i = 0; i < size; i++)
        if (tokens[i] < 0 || tokens[i] >= types)
            return 0;
    return 1;
}

/* (tokens int32, starts int64, stops int64, hashes uint64, shortest, signatures uint8[texts, 64], counts int64[texts]) */
static PyObject *py_sign(PyObject *self, PyObject *args)
{
    Py_buffer tokens, starts, stops, hashes, signatures, counts;
    Py_ssize_t shortest;
    Set set = {NULL, 0, 0};
    int good, enough = 1;
    if (!PyArg_ParseTuple(args, "y*y*y*y*nw*w*", &tokens, &starts, &stops, &hashes, &shortest, &signatures, &counts))
        return NULL;
    int64_t texts = starts.len / 8, *first = starts.buf, *after = stops.buf, *out = counts.buf;
    good = stops.len == starts.len && counts.len == starts.len && signatures.len == texts * BINS &&
           fits(tokens.buf, tokens.len / 4, hashes.len / 8, first, after, texts);
    Py_BEGIN_ALLOW_THREADS
    for (int64_t i = 0; good && enough && i < texts; i++) {
        enough = clear(&set, after[i] - first[i]);
        if (enough)
            out[i] = sign((int32_t *)tokens.buf + first[i], after[i] - first[i], hashes.buf, shortest, &set,
                          (uint8_t *)signatures.buf + i * BINS);
    }
    PyMem_RawFree(set.slots);
    Py_END_ALLOW_THREADS
    Py_buffer *held[] = {&tokens, &starts, &stops, &hashes, &signatures, &counts};
    for (int i = 0; i < 6; i++)
        PyBuffer_Release(held[i]);
    if (!good)
        return PyErr_Format(PyExc_ValueError, "the arrays of texts do not fit together");
    if (!enough)
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"sign", py_sign, METH_VARARGS, "sign(tokens, starts, stops, hashes, shortest, signatures, counts)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_signature", "Signatures, compiled.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__signature(void) { return PyModule_Create(&module); }
