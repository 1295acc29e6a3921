//go:build race

package store

// raceDetector says that the tests run with the race detector. It makes atomic stores in
// C, where a fault ends the process.
const raceDetector = true
