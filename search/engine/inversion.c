/* Inversion, compiled: what inversion.py does by sorting, without sorting.
 *
 * The occurrences of a field are walked twice in the order of reading: `count` tells how much room each term needs,
 * `fill` puts each posting and each byte of a position into the room of its term. So the postings of a term come out in
 * order, and no key of an occurrence is ever held.
 *
 * A walk is described by
 *   tokens   int32[n]      type numbers, document after document, part after part
 *   counts   int32[size*p] how many of them each part of each document has
 *   wanted   uint8[p]      which parts belong to the field
 *   tables   tuple of int32[types]: in the first the term of each type, -1 where it has none, ~(term + 1) where the
 *            other tables hold further terms of it; in those a term or -1
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define PART_GAP 10        /* positions left free between two parts: inversion.PART_GAP */
#define SKIP 128           /* postings for each entry of the skip table over positions */
#define SATURATED 255
#define MOST_TABLES 16
#define MOST_ARRAYS (MOST_TABLES + 12)

typedef struct {
    Py_buffer views[MOST_ARRAYS];
    int count;
} Held;

static void release(Held *held)
{
    while (held->count)
        PyBuffer_Release(&held->views[--held->count]);
}

static int hold(Held *held, PyObject *array, Py_ssize_t width, int flags, void *data, Py_ssize_t *count)
{
    Py_buffer *view = &held->views[held->count];
    if (PyObject_GetBuffer(array, view, flags) < 0)
        return 0;
    held->count++;
    *(void **)data = view->buf;
    *count = view->len / width;
    return 1;
}

typedef struct {
    const int32_t *tokens, *counts, *tables[MOST_TABLES];
    const uint8_t *wanted;
    Py_ssize_t size, parts, types;
    int others;            /* tables beside the first */
} Walk;

/* What is known of a term: the document and position that were met last, and its sums, or where its room goes on. */
typedef struct {
    int64_t doc;
    uint32_t position, cf;
    int64_t posting, byte;
} Term;

static int fail(const char *what)
{
    PyErr_SetString(PyExc_ValueError, what);
    return 0;
}

/* Hold the arrays of a walk, and see that no number in them leads outside of another; `terms` is how many there are. */
static int start(Walk *walk, Held *held, PyObject *tokens, PyObject *counts, PyObject *wanted, PyObject *tables,
                 Py_ssize_t terms)
{
    Py_ssize_t n, all, types;
    int64_t sum = 0;
    walk->others = (int)PyTuple_GET_SIZE(tables) - 1;
    if (walk->others < 0 || walk->others >= MOST_TABLES)
        return fail("no table, or too many");
    if (!hold(held, tokens, 4, PyBUF_SIMPLE, &walk->tokens, &n) ||
        !hold(held, counts, 4, PyBUF_SIMPLE, &walk->counts, &all) ||
        !hold(held, wanted, 1, PyBUF_SIMPLE, &walk->wanted, &walk->parts))
        return 0;
    for (int i = 0; i <= walk->others; i++) {
        if (!hold(held, PyTuple_GET_ITEM(tables, i), 4, PyBUF_SIMPLE, &walk->tables[i], &types))
            return 0;
        if (i && types != walk->types)
            return fail("tables of several lengths");
        walk->types = types;
        for (Py_ssize_t type = 0; type < types; type++) {
            int32_t term = walk->tables[i][type];
            if ((term < -1 && !i ? ~term - 1 : term) >= terms || (term < -1 && i))
                return fail("a term that does not exist");
        }
    }
    walk->size = walk->parts ? all / walk->parts : 0;
    for (Py_ssize_t i = 0; i < walk->size * walk->parts; i++) {
        if (walk->counts[i] < 0)
            return fail("a negative count");
        sum += walk->counts[i];
    }
    if (sum > n)
        return fail("more tokens are counted than there are");
    for (int64_t i = 0; i < sum; i++)
        if (walk->tokens[i] < 0 || walk->tokens[i] >= walk->types)
            return fail("a type that does not exist");
    return 1;
}

static Term *new_terms(Py_ssize_t count)
{
    Term *terms = PyMem_Malloc((count ? count : 1) * sizeof(Term));
    if (!terms) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        terms[i] = (Term){.doc = -1};
    return terms;
}

/* Where the occurrences of a field go. */
typedef struct {
    Term *terms;
    uint16_t *docs;
    uint32_t *freqs;
    uint8_t *deltas;       /* NULL: the field has no positions */
    uint64_t *skip;
    Py_ssize_t postings, bytes;                            /* how much room there is */
    int outside;           /* whether something had none */
} Out;

static inline void see(Out *out, int32_t number, Py_ssize_t doc, uint32_t position)
{
    Term *term = &out->terms[number];
    uint32_t delta = position;
    if (term->doc != doc) {
        term->doc = doc;
        term->posting++;
    } else {
        delta -= term->position;
    }
    term->position = position;
    term->cf++;
    term->byte += delta / SATURATED + 1;
}

static inline void put(Out *out, int32_t number, Py_ssize_t doc, uint32_t position)
{
    Term *term = &out->terms[number];
    uint32_t delta = position;
    if (term->doc != doc) {
        int64_t posting = term->posting++;
        if (posting < 0 || posting >= out->postings) {
            out->outside = 1;
            return;
        }
        term->doc = doc;
        out->docs[posting] = (uint16_t)doc;
        out->freqs[posting] = 1;
        if (out->deltas && posting % SKIP == 0)
            out->skip[posting / SKIP] = (uint64_t)term->byte;
    } else {
        out->freqs[term->posting - 1]++;
        delta -= term->position;
    }
    term->position = position;
    if (out->deltas) {
        if (term->byte < 0 || term->byte + delta / SATURATED >= out->bytes) {
            out->outside = 1;
            return;
        }
        for (; delta >= SATURATED; delta -= SATURATED)
            out->deltas[term->byte++] = SATURATED;
        out->deltas[term->byte++] = (uint8_t)delta;
    }
}

typedef void (*Visit)(Out *, int32_t, Py_ssize_t, uint32_t);

/* Visits all occurrences; `lengths` (may be NULL): how many each document has. Made once for each visitor. */
static inline void walk_all(const Walk *walk, Out *out, Visit visit, uint32_t *lengths)
{
    const int32_t *token = walk->tokens, *count = walk->counts, *first = walk->tables[0];
    for (Py_ssize_t doc = 0; doc < walk->size; doc++) {
        uint32_t position = 0, length = 0;
        for (Py_ssize_t part = 0; part < walk->parts; part++) {
            const int32_t *end = token + *count++;
            if (!walk->wanted[part]) {
                token = end;
                continue;
            }
            for (; token < end; token++) {
                int32_t term = first[*token];
                if (term == -1)
                    continue;
                length++;
                if (term >= 0) {
                    visit(out, term, doc, position++);
                    continue;
                }
                visit(out, ~term - 1, doc, position);
                for (int i = 1; i <= walk->others; i++)
                    if ((term = walk->tables[i][*token]) >= 0) {
                        visit(out, term, doc, position);
                        length++;
                    }
                position++;
            }
            position += PART_GAP;
        }
        if (lengths)
            lengths[doc] = length;
    }
}

/* (tokens, counts, wanted, tables, df, cf, bytes, lengths): int64[terms] documents, occurrences and bytes of positions
 * of each term, and uint32[size] occurrences in each document */
static PyObject *py_count(PyObject *self, PyObject *args)
{
    PyObject *tokens, *counts, *wanted, *tables, *df_out, *cf_out, *bytes_out, *lengths_out;
    int64_t *df, *cf, *bytes;
    uint32_t *lengths;
    Py_ssize_t terms, also, again, room;
    Held held = {.count = 0};
    Walk walk;
    Out out = {0};
    if (!PyArg_ParseTuple(args, "OOOO!OOOO", &tokens, &counts, &wanted, &PyTuple_Type, &tables, &df_out, &cf_out,
                          &bytes_out, &lengths_out))
        return NULL;
    if (!hold(&held, df_out, 8, PyBUF_WRITABLE, &df, &terms) || !hold(&held, cf_out, 8, PyBUF_WRITABLE, &cf, &also) ||
        !hold(&held, bytes_out, 8, PyBUF_WRITABLE, &bytes, &again) ||
        !hold(&held, lengths_out, 4, PyBUF_WRITABLE, &lengths, &room) ||
        !start(&walk, &held, tokens, counts, wanted, tables, terms))
        goto end;
    if (also != terms || again != terms || room != walk.size) {
        fail("arrays of the wrong length");
        goto end;
    }
    if (!(out.terms = new_terms(terms)))
        goto end;
    Py_BEGIN_ALLOW_THREADS
    walk_all(&walk, &out, see, lengths);
    for (Py_ssize_t i = 0; i < terms; i++) {
        df[i] = out.terms[i].posting;
        cf[i] = out.terms[i].cf;
        bytes[i] = out.terms[i].byte;
    }
    Py_END_ALLOW_THREADS
end:
    PyMem_Free(out.terms);
    release(&held);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (tokens, counts, wanted, tables, first, byte, docs, freqs, deltas or None, skip): `first` and `byte`, int64[terms],
 * say where the postings and position bytes of each term begin; the rooms are as large as `count` told */
static PyObject *py_fill(PyObject *self, PyObject *args)
{
    PyObject *tokens, *counts, *wanted, *tables, *first_in, *byte_in, *docs_out, *freqs_out, *deltas_out, *skip_out;
    const int64_t *first, *byte;
    Py_ssize_t terms, also, again, skips;
    Held held = {.count = 0};
    Walk walk;
    Out out = {0};
    if (!PyArg_ParseTuple(args, "OOOO!OOOOOO", &tokens, &counts, &wanted, &PyTuple_Type, &tables, &first_in, &byte_in,
                          &docs_out, &freqs_out, &deltas_out, &skip_out))
        return NULL;
    if (!hold(&held, first_in, 8, PyBUF_SIMPLE, &first, &terms) ||
        !hold(&held, byte_in, 8, PyBUF_SIMPLE, &byte, &also) ||
        !hold(&held, docs_out, 2, PyBUF_WRITABLE, &out.docs, &out.postings) ||
        !hold(&held, freqs_out, 4, PyBUF_WRITABLE, &out.freqs, &again) ||
        (deltas_out != Py_None && !hold(&held, deltas_out, 1, PyBUF_WRITABLE, &out.deltas, &out.bytes)) ||
        !hold(&held, skip_out, 8, PyBUF_WRITABLE, &out.skip, &skips) ||
        !start(&walk, &held, tokens, counts, wanted, tables, terms))
        goto end;
    if (also != terms || again != out.postings || (out.deltas && skips < (out.postings + SKIP - 1) / SKIP)) {
        fail("arrays of the wrong length");
        goto end;
    }
    if (!(out.terms = new_terms(terms)))
        goto end;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t i = 0; i < terms; i++) {
        out.terms[i].posting = first[i];
        out.terms[i].byte = byte[i];
    }
    walk_all(&walk, &out, put, NULL);
    Py_END_ALLOW_THREADS
    if (out.outside)
        fail("a term has more occurrences than room");
end:
    PyMem_Free(out.terms);
    release(&held);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"count", py_count, METH_VARARGS, "count(tokens, counts, wanted, tables, df, cf, bytes, lengths)"},
    {"fill", py_fill, METH_VARARGS, "fill(tokens, counts, wanted, tables, first, byte, docs, freqs, deltas, skip)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_inversion", "Inversion, compiled.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__inversion(void) { return PyModule_Create(&module); }
