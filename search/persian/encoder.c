/* The bulk path of the analysis, compiled: the twin of PortableEncoder in encoder.py, which says what it does.
 *
 * Chunks are looked up by their characters, without making strings of them; what has not been met is asked of Python,
 * which gives tuples of ints. Three tables, all open addressing over arrays that only grow until all is forgotten:
 *
 *   chunks   letters -> what it offers, its tail, its types
 *   joins    (what stands before, chunk) -> how much of that it takes, the types in its place
 *   types    the numbers of types that both point into
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define LONGEST 100        /* characters of a chunk that is remembered, as in encoder.py */
#define CONTINUES (-1)     /* a tail */
#define COORDINATED 4      /* a bit of an offer */
#define UNKNOWN (-1)       /* in place of the number of a chunk that is not remembered */
#define FIRST_SLOTS 4096   /* a power of two */

/* An array that grows: `used` items of `width` bytes, room for `room`. */
typedef struct {
    char *items;
    size_t width, used, room;
} Vector;

/* Room for `count` more items; where they will stand, or NULL. */
static void *extend(Vector *vector, size_t count)
{
    if (vector->used + count > vector->room || !vector->items) {
        size_t room = 2 * (vector->used + count) + 16;
        char *items = PyMem_Realloc(vector->items, room * vector->width);
        if (!items)
            return PyErr_NoMemory();
        vector->items = items;
        vector->room = room;
    }
    void *place = vector->items + vector->used * vector->width;
    vector->used += count;
    return place;
}

typedef struct {
    uint32_t hash;
    uint32_t letters;      /* where they begin */
    uint32_t types;        /* where they begin */
    uint32_t count;        /* types */
    int32_t tail;
    uint8_t length;        /* letters */
    uint8_t offers;
} Chunk;

typedef struct {
    int64_t before;        /* a type, or ~ two types, the first in the upper half */
    int32_t chunk;
    uint32_t taken;
    uint32_t types;
    uint32_t count;
} Joined;

/* Hash -> number of an item, or -1; at most half full. */
typedef struct {
    int32_t *slots;
    size_t size;           /* a power of two */
} Index;

typedef struct {
    PyObject_HEAD
    PyObject *understand, *join, *takes;
    Py_ssize_t limit;
    int busy;
    Index chunk_index, join_index;
    Vector letters, chunks, joins, types, text, out;
} Encoder;

static int make_index(Index *index, size_t size)
{
    int32_t *slots = PyMem_Malloc(size * sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return 0;
    }
    memset(slots, 0xff, size * sizeof *slots);
    PyMem_Free(index->slots);
    index->slots = slots;
    index->size = size;
    return 1;
}

static void put(Index *index, uint32_t hash, int32_t number)
{
    size_t slot = hash & (index->size - 1);
    while (index->slots[slot] >= 0)
        slot = (slot + 1) & (index->size - 1);
    index->slots[slot] = number;
}

static uint32_t hash_of_join(int64_t before, int32_t chunk)
{
    uint64_t mixed = ((uint64_t)before * 0x9E3779B97F4A7C15u ^ (uint64_t)chunk) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(mixed >> 32);
}

/* Put the newest item, whose hash is given, into the index; all anew where that becomes too full. */
static int add_chunk(Encoder *self, uint32_t hash)
{
    Index *index = &self->chunk_index;
    if (2 * self->chunks.used <= index->size) {
        put(index, hash, (int32_t)self->chunks.used - 1);
        return 1;
    }
    if (!make_index(index, 2 * index->size))
        return 0;
    for (size_t i = 0; i < self->chunks.used; i++)
        put(index, ((Chunk *)self->chunks.items)[i].hash, (int32_t)i);
    return 1;
}

static int add_join(Encoder *self, uint32_t hash)
{
    Index *index = &self->join_index;
    if (2 * self->joins.used <= index->size) {
        put(index, hash, (int32_t)self->joins.used - 1);
        return 1;
    }
    if (!make_index(index, 2 * index->size))
        return 0;
    for (size_t i = 0; i < self->joins.used; i++) {
        const Joined *joined = (Joined *)self->joins.items + i;
        put(index, hash_of_join(joined->before, joined->chunk), (int32_t)i);
    }
    return 1;
}

static int forget(Encoder *self)
{
    self->letters.used = self->chunks.used = self->joins.used = self->types.used = 0;
    return make_index(&self->chunk_index, FIRST_SLOTS) && make_index(&self->join_index, FIRST_SLOTS);
}

/* Copy a tuple of numbers of types to the end of self->types. */
static int keep_types(Encoder *self, PyObject *tuple, uint32_t *types, uint32_t *count)
{
    Py_ssize_t size = PyTuple_GET_SIZE(tuple), known = PyByteArray_GET_SIZE(self->takes);
    *types = (uint32_t)self->types.used;
    *count = (uint32_t)size;
    int32_t *place = extend(&self->types, size);
    for (Py_ssize_t i = 0; place && i < size; i++) {
        long number = PyLong_AsLong(PyTuple_GET_ITEM(tuple, i));
        if (number < 0 || number >= known) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_ValueError, "%ld is the number of no type", number);
            return 0;
        }
        place[i] = (int32_t)number;
    }
    return place != NULL;
}

/* Ask Python what a chunk is. */
static int understand(Encoder *self, const Py_UCS4 *letters, Py_ssize_t length, Chunk *chunk)
{
    int offers, tail, done = 0;
    PyObject *tuple, *answer = NULL, *string = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, letters, length);
    if (string)
        answer = PyObject_CallOneArg(self->understand, string);
    if (answer && PyArg_ParseTuple(answer, "iiO!", &offers, &tail, &PyTuple_Type, &tuple)) {
        chunk->offers = (uint8_t)offers;
        chunk->tail = tail;
        done = keep_types(self, tuple, &chunk->types, &chunk->count);
    }
    Py_XDECREF(answer);
    Py_XDECREF(string);
    return done;
}

/* The number of a chunk in self->chunks, or UNKNOWN and the chunk in *own where it is too long to be remembered; -2
 * on an error. */
static int32_t find_chunk(Encoder *self, const Py_UCS4 *letters, Py_ssize_t length, uint32_t hash, Chunk *own)
{
    const Index *index = &self->chunk_index;
    const Chunk *chunks = (Chunk *)self->chunks.items;
    for (size_t slot = hash & (index->size - 1); index->slots[slot] >= 0; slot = (slot + 1) & (index->size - 1)) {
        const Chunk *chunk = &chunks[index->slots[slot]];
        if (chunk->hash == hash && chunk->length == length &&
            !memcmp((Py_UCS4 *)self->letters.items + chunk->letters, letters, length * sizeof *letters))
            return index->slots[slot];
    }
    if (!understand(self, letters, length, own))
        return -2;
    if (length > LONGEST)
        return UNKNOWN;
    own->hash = hash;
    own->length = (uint8_t)length;
    own->letters = (uint32_t)self->letters.used;
    Py_UCS4 *kept = extend(&self->letters, length);
    Chunk *place = kept ? extend(&self->chunks, 1) : NULL;
    if (!place)
        return -2;
    memcpy(kept, letters, length * sizeof *letters);
    *place = *own;
    return add_chunk(self, hash) ? (int32_t)self->chunks.used - 1 : -2;
}

/* Ask Python what a chunk is behind the last one or two words of `out`. */
static int ask_join(Encoder *self, int reach, const Py_UCS4 *letters, Py_ssize_t length, Joined *joined)
{
    const int32_t *end = (int32_t *)self->out.items + self->out.used;
    Py_ssize_t taken;
    int done = 0;
    PyObject *tuple, *string, *answer = NULL;
    PyObject *before = reach == 2 ? Py_BuildValue("(ii)", end[-2], end[-1]) : Py_BuildValue("(i)", end[-1]);
    string = before ? PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, letters, length) : NULL;
    if (string)
        answer = PyObject_CallFunctionObjArgs(self->join, before, string, NULL);
    if (answer && PyArg_ParseTuple(answer, "nO!", &taken, &PyTuple_Type, &tuple)) {
        if (taken < 0 || taken > reach)
            PyErr_Format(PyExc_ValueError, "%zd words taken of %d", taken, reach);
        else {
            joined->taken = (uint32_t)taken;
            done = keep_types(self, tuple, &joined->types, &joined->count);
        }
    }
    Py_XDECREF(answer);
    Py_XDECREF(string);
    Py_XDECREF(before);
    return done;
}

/* What a chunk is behind the last one or two words of `out`, remembered where the chunk is. */
static int find_join(
    Encoder *self, int reach, int32_t number, const Py_UCS4 *letters, Py_ssize_t length, Joined *joined)
{
    const int32_t *end = (int32_t *)self->out.items + self->out.used;
    const Index *index = &self->join_index;
    int64_t before = reach == 2 ? ~((int64_t)end[-2] << 32 | end[-1]) : end[-1];
    uint32_t hash = hash_of_join(before, number);
    if (number == UNKNOWN)
        return ask_join(self, reach, letters, length, joined);
    for (size_t slot = hash & (index->size - 1); index->slots[slot] >= 0; slot = (slot + 1) & (index->size - 1)) {
        *joined = ((Joined *)self->joins.items)[index->slots[slot]];
        if (joined->before == before && joined->chunk == number)
            return 1;
    }
    if (!ask_join(self, reach, letters, length, joined))
        return 0;
    joined->before = before;
    joined->chunk = number;
    Joined *place = extend(&self->joins, 1);
    if (!place)
        return 0;
    *place = *joined;
    return add_join(self, hash);
}

/* Add the words of a chunk to `out`; `near` as in encoder.py, before and after. */
static int take_chunk(Encoder *self, const Py_UCS4 *letters, Py_ssize_t length, uint32_t hash, Py_ssize_t *near)
{
    Chunk own;
    Joined joined;
    size_t types_before = self->types.used;
    int32_t number = find_chunk(self, letters, length, hash, &own);
    if (number == -2)
        return 0;
    const Chunk *chunk = number == UNKNOWN ? &own : (Chunk *)self->chunks.items + number;
    uint32_t types = chunk->types, count = chunk->count;
    int32_t tail = chunk->tail;
    if (*near) {
        int32_t last = ((int32_t *)self->out.items)[self->out.used - 1];
        int meet = chunk->offers & (uint8_t)PyByteArray_AS_STRING(self->takes)[last];
        if (meet) {
            if (!find_join(self, meet & COORDINATED && *near > 1 ? 2 : 1, number, letters, length, &joined))
                return 0;
            types = joined.types;
            count = joined.count;
            self->out.used -= joined.taken;
            *near -= joined.taken;
        }
    }
    int32_t *place = extend(&self->out, count);
    if (!place)
        return 0;
    memcpy(place, (int32_t *)self->types.items + types, count * sizeof *place);
    if (number == UNKNOWN)
        self->types.used = types_before;
    *near = tail == CONTINUES ? *near + (Py_ssize_t)count : tail;
    return 1;
}

static int is_blank(Py_UCS4 letter)
{
    return (letter <= 0xa0 || letter >= 0x1680) && Py_UNICODE_ISSPACE(letter);
}

static int take_text(Encoder *self, const Py_UCS4 *text, Py_ssize_t length)
{
    Py_ssize_t near = 0;
    for (Py_ssize_t at = 0; at < length;) {
        if (is_blank(text[at])) {
            at++;
            continue;
        }
        Py_ssize_t start = at;
        uint32_t hash = 0;
        for (; at < length && !is_blank(text[at]); at++)
            hash = (hash ^ text[at]) * 0x9E3779B1u;
        hash ^= hash >> 15;
        if (!take_chunk(self, text + start, at - start, hash, &near))
            return 0;
    }
    return 1;
}

static PyObject *encode(Encoder *self, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "a text is a str, not %.100s", Py_TYPE(text)->tp_name);
    if (self->busy) {
        PyErr_SetString(PyExc_RuntimeError, "an analyzer is used by two threads at once; give each its own");
        return NULL;
    }
    if ((Py_ssize_t)Py_MAX(self->chunks.used, self->joins.used) >= self->limit && !forget(self))
        return NULL;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    self->text.used = self->out.used = 0;
    Py_UCS4 *letters = extend(&self->text, length + 1);
    if (!letters || !PyUnicode_AsUCS4(text, letters, length + 1, 0))
        return NULL;
    self->busy = 1;
    int done = take_text(self, letters, length);
    self->busy = 0;
    return done ? PyBytes_FromStringAndSize(self->out.items, self->out.used * self->out.width) : NULL;
}

static PyObject *new_encoder(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *understand, *join, *takes;
    Py_ssize_t limit;
    if (!PyArg_ParseTuple(args, "OOO!n", &understand, &join, &PyByteArray_Type, &takes, &limit))
        return NULL;
    Encoder *self = (Encoder *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->understand = Py_NewRef(understand);
    self->join = Py_NewRef(join);
    self->takes = Py_NewRef(takes);
    self->limit = limit;
    self->letters.width = self->text.width = sizeof(Py_UCS4);
    self->types.width = self->out.width = sizeof(int32_t);
    self->chunks.width = sizeof(Chunk);
    self->joins.width = sizeof(Joined);
    if (!forget(self))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int traverse(Encoder *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->understand);
    Py_VISIT(self->join);
    Py_VISIT(self->takes);
    return 0;
}

static int clear(Encoder *self)
{
    Py_CLEAR(self->understand);
    Py_CLEAR(self->join);
    Py_CLEAR(self->takes);
    return 0;
}

static void dealloc(Encoder *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    Vector *vectors[] = {&self->letters, &self->chunks, &self->joins, &self->types, &self->text, &self->out};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        PyMem_Free(vectors[i]->items);
    PyMem_Free(self->chunk_index.slots);
    PyMem_Free(self->join_index.slots);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"encode", (PyCFunction)encode, METH_O, "encode(text) -> bytes"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, new_encoder}, {Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear},
    {Py_tp_methods, methods}, {0, NULL},
};

static PyType_Spec spec = {
    "search.persian._encoder.Encoder", sizeof(Encoder), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_encoder", "The bulk path of the analysis, compiled.", -1, NULL, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__encoder(void)
{
    PyObject *made = PyModule_Create(&module);
    PyObject *type = made ? PyType_FromSpec(&spec) : NULL;
    if (!type || PyModule_AddObjectRef(made, "Encoder", type) < 0)
        Py_CLEAR(made);
    Py_XDECREF(type);
    return made;
}
