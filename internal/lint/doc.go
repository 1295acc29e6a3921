// Package lint tests which packages import which.
//
// It imports nothing of this module.
package lint
