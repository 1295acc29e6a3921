// Package machine tells how much memory the process may use, and notices when it is about
// to use it up.
//
// It imports nothing of this module.
package machine
