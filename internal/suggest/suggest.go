// Package suggest finds the name that a user meant by a mistyped one.
//
// It imports nothing of this module.
package suggest

// Nearest returns the one of names that is most like name. It returns "" if the
// distance of each is more than 2 or half of name's length, and more than a third of it.
func Nearest(name string, names []string) string {
	best, limit := "", max(min(2, len(name)/2), len(name)/3)+1
	for _, n := range names {
		if d := distance(name, n); d < limit {
			best, limit = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
