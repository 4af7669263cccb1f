/* Interleaving, compiled: the passes of a merge over every posting, and over every byte of a position. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define SATURATED 255

typedef struct {
    const char *data;
    const int64_t *counts;
    int64_t room;          /* items of `data` that are left */
    Py_buffer views[2];
    int held;
} Source;

/* Copies the runs of each term, source after source; 0 where they do not fit. */
static int copy_runs(Source *sources, Py_ssize_t count, Py_ssize_t terms, Py_ssize_t width, char *out, int64_t room)
{
    for (Py_ssize_t term = 0; term < terms; term++)
        for (Source *source = sources; source < sources + count; source++) {
            int64_t items = source->counts[term];
            if (items < 0 || items > source->room || items > room)
                return 0;
            memcpy(out, source->data, (size_t)(items * width));
            source->data += items * width;
            source->room -= items;
            out += items * width;
            room -= items;
        }
    return room == 0;
}

/* A source from (array, counts); it has counts for `wanted` terms, unless that is -1. */
static int hold(Source *source, PyObject *pair, Py_ssize_t width, Py_ssize_t wanted, Py_ssize_t *terms)
{
    if (!PyTuple_Check(pair) || !PyArg_ParseTuple(pair, "y*y*", &source->views[0], &source->views[1]))
        return 0;
    source->held = 2;
    source->data = source->views[0].buf;
    source->counts = source->views[1].buf;
    source->room = source->views[0].len / width;
    *terms = source->views[1].len / 8;
    return wanted < 0 || *terms == wanted;
}

/* (sources, width, out): of each source (array of items of `width` bytes, int64[terms] items of each term), term by term
 * the items of all sources, one after another */
static PyObject *py_interleave(PyObject *self, PyObject *args)
{
    PyObject *tuple;
    Py_buffer out;
    Py_ssize_t width, terms = 0;
    if (!PyArg_ParseTuple(args, "O!nw*", &PyTuple_Type, &tuple, &width, &out))
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    Source *sources = PyMem_Calloc(count + 1, sizeof(Source));
    int good = sources && width > 0 && out.len % width == 0;
    for (Py_ssize_t i = 0; good && i < count; i++)
        good = hold(&sources[i], PyTuple_GET_ITEM(tuple, i), width, i ? terms : -1, &terms);
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        good = copy_runs(sources, count, terms, width, out.buf, out.len / width);
        Py_END_ALLOW_THREADS
    }
    if (!good && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "the arrays of sources do not fit together");
    for (Py_ssize_t i = 0; sources && i < count; i++)
        for (int k = 0; k < sources[i].held; k++)
            PyBuffer_Release(&sources[i].views[k]);
    PyMem_Free(sources);
    PyBuffer_Release(&out);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (freqs uint32[n], deltas, sizes int64[n]): how many bytes the positions of each posting take; -> all of them */
static PyObject *py_sizes(PyObject *self, PyObject *args)
{
    Py_buffer freqs, deltas, sizes;
    if (!PyArg_ParseTuple(args, "y*y*w*", &freqs, &deltas, &sizes))
        return NULL;
    const uint8_t *byte = deltas.buf, *begin = byte, *end = byte + deltas.len;
    const uint32_t *freq = freqs.buf;
    int64_t *size = sizes.buf, count = freqs.len / 4;
    int good = sizes.len / 8 == count;
    Py_BEGIN_ALLOW_THREADS
    for (int64_t i = 0; good && i < count; i++) {
        const uint8_t *first = byte;
        uint32_t left = freq[i];
        while (left && byte < end)
            left -= *byte++ != SATURATED;
        good = !left;
        size[i] = byte - first;
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&freqs);
    PyBuffer_Release(&deltas);
    PyBuffer_Release(&sizes);
    if (!good)
        return PyErr_Format(PyExc_ValueError, "there are fewer positions than frequencies tell");
    return PyLong_FromSsize_t(byte - begin);
}

static PyMethodDef methods[] = {
    {"interleave", py_interleave, METH_VARARGS, "interleave(sources, width, out)"},
    {"sizes", py_sizes, METH_VARARGS, "sizes(freqs, deltas, sizes) -> int"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_interleave", "Interleaving, compiled.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__interleave(void) { return PyModule_Create(&module); }
