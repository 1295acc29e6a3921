package store

import (
	"os"
	"strconv"
	"testing"
)

// rounds returns how often a test repeats something random: n times, short times with
// -short, or as MICROTS_ROUNDS says.
func rounds(t testing.TB, n, short int) int {
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
