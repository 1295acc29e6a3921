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

// distance is how many bytes must be added, removed, replaced or exchanged with the next
// one to make b of a: the optimal string alignment distance.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			next[j+1] = row[j]
			if a[i] != b[j] {
				next[j+1] = 1 + min(row[j], next[j], row[j+1])
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
