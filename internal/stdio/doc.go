// Package stdio has files as C's stdio has them: modes of fopen, one buffer for
// reading and writing, numbers as scanf reads them, and programs behind a pipe. It
// knows nothing of Lua.
//
// A [Stream] is a file with its buffer. A [Device] is what stands behind the buffer:
// [OSDevice] is a file of the operating system, [Program] a program that runs. A [Set]
// closes the Streams that a script left open.
//
// Whatever waits, for a user, for another program or for the next part of a long
// file, ends with the context of its [Caller].
//
// It imports nothing of this module.
package stdio
