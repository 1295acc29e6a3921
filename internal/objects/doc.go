// Package objects reads and writes the objects of a store: a prefix of a bucket on any
// S3 server, or a folder that machines share.
//
// An object is a key and bytes that never change. Two of its promises carry the archive:
// Create makes an object only if there is none of its name, whatever the network does
// meanwhile, and an object that is not there is never mistaken for a store that does not
// answer. Each operation ends by its deadline.
//
// It knows neither ticks nor Lua.
//
// Of this module it imports internal/suggest.
package objects
