// Package machine tells how much memory the process may use, and notices when it is about
// to use it up.
//
// Of this module it imports nothing.
package machine
