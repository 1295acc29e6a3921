// Package torture says how often tests repeat what is random.
//
// It imports nothing of this module.
package torture

import (
	"os"
	"strconv"
	"testing"
)

// Rounds returns how often a test repeats something random: n times, short times with
// -short, or as the environment variable MICROTS_ROUNDS says.
func Rounds(t testing.TB, n, short int) int {
	t.Helper()
	text := os.Getenv("MICROTS_ROUNDS")
	switch {
	case text != "":
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("MICROTS_ROUNDS: %v", err)
		}
		return n
	case testing.Short():
		return short
	}
	return n
}
