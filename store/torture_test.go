package store

import (
	"os"
	"strconv"
	"testing"
)

// rounds returns how often a test repeats something random: n times, a tenth with -short,
// or as MICROTS_ROUNDS says.
func rounds(t testing.TB, n int) int {
	t.Helper()
	if text := os.Getenv("MICROTS_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return n / 10
	}
	return n
}
