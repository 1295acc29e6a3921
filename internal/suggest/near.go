package suggest

import "slices"

// Near returns the names that are most like name and equally so, in their order, at most
// n of them. What is near is as in Nearest.
func Near(name string, names []string, n int) (near []string) {
	limit := max(2, len(name)/3)
	for _, other := range names {
		switch d := distance(name, other); {
		case d > limit || slices.Contains(near, other):
		case d < limit:
			near, limit = []string{other}, d
		default:
			near = append(near, other)
		}
	}
	return near[:min(n, len(near))]
}
