// Package human shows durations, sizes and counts to people, and reads the ones
// that they write.
//
// It imports nothing of this module.
package human
