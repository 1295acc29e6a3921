// Package lint holds tests of the source itself: who may import whom.
//
// It imports nothing of this module.
package lint
