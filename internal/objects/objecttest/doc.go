// Package objecttest starts S3 servers for tests, and proxies before them that lose,
// delay and cut answers.
//
// It imports nothing of this module.
package objecttest
