package lookalike

const (
	// minFar and maxFar bound the labels in which two edits are looked for:
	// among shorter ones two edits make another word, and longer ones cost too
	// many look-ups.
	minFar = 9
	maxFar = 24
)

// farDeletions calls f with the hash of word less any two letters, less one,
// and whole.
func farDeletions(word string, f func(h uint64)) {
	f(hashString(word))
	prefix := uint64(fnvOffset)
	for i := range len(word) {
		h := prefix
		for j := i + 1; j < len(word); j++ {
			// word less letters i and j
			k := h
			for _, c := range []byte(word[j+1:]) {
				k = (k ^ uint64(c)) * fnvPrime
			}
			f(mix(k))
			h = (h ^ uint64(word[j])) * fnvPrime
		}
		f(mix(h)) // word less letter i
		prefix = (prefix ^ uint64(word[i])) * fnvPrime
	}
}

// distance is the optimal string alignment distance of a and b, both of at
// most maxLabel octets, or most+1 when it is greater.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most || len(a) > maxLabel || len(b) > maxLabel {
		return most + 1
	}
	var rows [3][maxLabel + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	last, row := 2, 0
	for i := 1; i <= len(a); i++ {
		before := last
		last, row = row, (row+1)%3
		rows[row][0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[last][j]+1, rows[row][j-1]+1, rows[last][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[before][j-2]+1)
			}
			rows[row][j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return rows[row][len(b)]
}
