package lookalike

import (
	"slices"
	"strings"
	"sync"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// Protected is a domain that scammers imitate.
type Protected struct {
	Domain string // a domain or host; its registrable domain is what is protected
	Brand  string // key in the brand registry, or empty
	Rank   int    // popularity from 1; 0 for a domain of the registry or of one's own
	Shared bool   // anyone can take a name below it
	Sole   bool   // the brand has no resellers and no sites of countries: all that bears its name is its own, or a fake
}

// Ranks up to which the popular are protected (Chromium's buckets). Domains of
// rank 0 are protected in every way.
const (
	rankTop    = 500
	rankSecond = 5000
)

// maxOwn is how many domains without a brand and a rank are treated like those
// of the registry. Among more, every word is somebody's name.
const maxOwn = 5000

// Index answers which protected domain a name resembles. It never changes
// once made, and is safe for concurrent use.
type Index struct {
	blob   string   // all domains, one after another, grouped by label
	start  []uint32 // of each domain in blob, and the end
	size   []uint8  // length of each domain's label, the part before its suffix, and sharedBit
	rank   []uint16 // capped at 65,535
	brand  []uint16 // into brands
	brands []string
	sole   []bool   // of each brand
	many   bool     // so many own domains that any word is one of their names
	group  []uint32 // first domain of each group of one label, and the end
	skel   buckets  // groups by each skeleton of the label
	del    buckets  // groups by the label and by the label less one letter
	word   buckets  // groups of the registry: shapes of the label, whole and less one letter
	far    buckets  // groups of long labels of the registry: shapes less two letters
	loose  buckets  // groups of the registry by what a glance takes in
	sound  buckets  // groups of the registry by how they sound
	combo  buckets  // groups whose label is looked for inside longer labels
	heads  [1 << 10]uint64
	own    *Index // asked as well; nil: none
}

// entry is a domain while the index is made.
type entry struct {
	label, domain string
	rank, brand   uint16
	shared        bool
	order         int
}

// sharedBit marks domains below which anyone can take a name; labels have 63
// octets at most.
const sharedBit = 0x80

// New makes an index. Entries that have no registrable domain are left out; of
// doubles the first counts; labels beyond four million are left out. Among domains of one label the best rank is the one
// that is named, then the first.
func New(p []Protected) *Index {
	x := &Index{brands: []string{""}, sole: []bool{false}}
	entries := x.entries(p)
	x.lay(entries)
	x.link()
	return x
}

func (x *Index) entries(p []Protected) []entry {
	keys := map[string]uint16{"": 0}
	entries := make([]entry, 0, len(p))
	own := 0
	for i, d := range p {
		domain, label := split(d.Domain)
		if label == "" {
			continue
		}
		b, ok := keys[d.Brand]
		if !ok {
			if len(x.brands) > 1<<16-1 {
				continue
			}
			b = uint16(len(x.brands))
			keys[d.Brand] = b
			x.brands = append(x.brands, d.Brand)
			x.sole = append(x.sole, d.Sole)
		}
		if d.Brand == "" && d.Rank == 0 {
			own++
		}
		entries = append(entries, entry{label, domain, uint16(min(max(d.Rank, 0), 1<<16-1)), b, d.Shared, i})
	}
	x.many = own > maxOwn
	slices.SortFunc(entries, func(a, b entry) int {
		if c := strings.Compare(a.label, b.label); c != 0 {
			return c
		}
		if a.rank != b.rank {
			return int(a.rank) - int(b.rank)
		}
		return a.order - b.order
	})
	return entries
}

// split gives a host's registrable domain and the label before its suffix.
func split(host string) (domain, label string) {
	domain = links.Registrable(host)
	label, _, _ = strings.Cut(domain, ".")
	return domain, label
}

// lay puts the entries into the flat arrays: a million domains cost some 25
// octets each, and no pointers for the garbage collector to follow.
func (x *Index) lay(entries []entry) {
	var blob strings.Builder
	x.start = make([]uint32, 0, len(entries)+1)
	for i, e := range entries {
		if i > 0 && entries[i-1].label == e.label && hasDomain(entries, i) {
			continue
		}
		if i == 0 || entries[i-1].label != e.label {
			if len(x.group) == maxGroups {
				break
			}
			x.group = append(x.group, uint32(len(x.start)))
		}
		x.start = append(x.start, uint32(blob.Len()))
		size := uint8(len(e.label))
		if e.shared {
			size |= sharedBit
		}
		x.size = append(x.size, size)
		x.rank = append(x.rank, e.rank)
		x.brand = append(x.brand, e.brand)
		blob.WriteString(e.domain)
	}
	x.group = append(x.group, uint32(len(x.start)))
	x.start = append(x.start, uint32(blob.Len()))
	x.blob = blob.String()
}

// hasDomain reports whether the domain of entry i stands before it in its
// group.
func hasDomain(entries []entry, i int) bool {
	const most = 300 // more than the top-level domains that one label has
	for j := i - 1; j >= max(0, i-most) && entries[j].label == entries[i].label; j-- {
		if entries[j].domain == entries[i].domain {
			return true
		}
	}
	return false
}

// What an index holds on average, to choose its width.
const (
	meanDeletions = 11 // letters of a label, and one
	meanFar       = 90 // pairs of letters of a long label
)

// link fills the hash indexes, side by side: each writes its own.
func (x *Index) link() {
	groups := len(x.group) - 1
	var builds sync.WaitGroup
	builds.Go(func() {
		x.skel = newBuckets(groups, func(add func(hash uint64, g uint32)) {
			for g := range uint32(groups) {
				for _, s := range Skeletons(x.label(g)) {
					add(hashString(s), g)
				}
			}
		})
	})
	builds.Go(func() {
		x.del = newBuckets(groups*meanDeletions, func(add func(hash uint64, g uint32)) {
			for g := range uint32(groups) {
				if word := Fold(unicodeLabel(x.label(g))); len(word) >= minEdit && x.editable(g) {
					deletions(word, func(h uint64) bool { add(h, g); return true })
				}
			}
		})
	})
	builds.Go(func() { x.linkWords(groups) })
	builds.Go(func() {
		x.combo = newBuckets(groups, func(add func(hash uint64, g uint32)) {
			for g := range uint32(groups) {
				if word := Shape(Fold(unicodeLabel(x.label(g)))); len(word) >= minCombo && x.best(g).rank <= rankTop {
					add(hashString(word), g)
					x.heads[headHash(word)>>6] |= 1 << (headHash(word) & 63)
				}
			}
		})
	})
	builds.Wait()
}

// linkWords fills the indexes of the registry's names alone. They are small
// beside a long list, and stay in the processor's cache.
func (x *Index) linkWords(groups int) {
	var strong []uint32
	far := 0
	for g := range uint32(groups) {
		if x.best(g).strong {
			strong = append(strong, g)
			if n := len(x.label(g)); n >= minFar && n <= maxFar {
				far++
			}
		}
	}
	x.word = newBuckets(len(strong)*meanDeletions, func(add func(hash uint64, g uint32)) {
		for _, g := range strong {
			if s := Shape(x.best(g).folded()); len(s) >= minEdit {
				deletions(s, func(h uint64) bool { add(h, g); return true })
			}
		}
	})
	x.far = newBuckets(far*meanFar, func(add func(hash uint64, g uint32)) {
		for _, g := range strong {
			if s := Shape(x.best(g).folded()); len(s) >= minFar && len(s) <= maxFar && isASCII(s) {
				farDeletions(s, func(h uint64) { add(h, g) })
			}
		}
	})
	x.loose = newBuckets(len(strong), func(add func(hash uint64, g uint32)) {
		for _, g := range strong {
			if f := x.best(g).folded(); len(f) >= minLoose {
				add(hashString(loose(f)), g)
			}
		}
	})
	x.sound = newBuckets(len(strong), func(add func(hash uint64, g uint32)) {
		for _, g := range strong {
			if f := x.best(g).folded(); len(f) >= minSound && isASCII(f) {
				add(hashString(sound(f)), g)
			}
		}
	})
}

// target is one domain of the index.
type target struct {
	domain, label, brand string
	rank                 int
	strong               bool // of the registry, or one's own where those are few
	sole                 bool
}

// folded is the label as it is compared.
func (t target) folded() string { return Fold(unicodeLabel(t.label)) }

func (x *Index) at(id uint32) target {
	domain := x.blob[x.start[id]:x.start[id+1]]
	b := x.brand[id]
	return target{domain: domain, label: domain[:x.size[id]&^sharedBit], brand: x.brands[b], rank: int(x.rank[id]), strong: x.rank[id] == 0 && (b != 0 || !x.many), sole: x.sole[b]}
}

// best gives the domain that stands for a group.
func (x *Index) best(g uint32) target { return x.at(x.group[g]) }

// label gives a group's label.
func (x *Index) label(g uint32) string { return x.best(g).label }

// with gives the domain of a group that has suffix, else the best.
func (x *Index) with(g uint32, suffix string) (t target, same bool) {
	for id := x.group[g]; id < x.group[g+1]; id++ {
		if t := x.at(id); t.domain[len(t.label)+1:] == suffix {
			return t, true
		}
	}
	return x.best(g), false
}

// editable reports whether edits of a group's label are looked for. Edits of
// merely popular names are "too noisy" (Chromium); only swaps of the most
// popular are looked at.
func (x *Index) editable(g uint32) bool { return x.best(g).rank <= rankTop }

// Has reports whether the host is a protected domain or below one; a name that
// anyone could take below one is not.
func (x *Index) Has(host string) bool {
	host = links.ASCII(host)
	domain, label := split(host)
	if label == "" {
		return false
	}
	shared, has := x.has(domain, label)
	return has && (!shared || host == domain) || x.own != nil && x.own.Has(host)
}

// Len is how many domains the index holds; what was joined by With is left out.
func (x *Index) Len() int { return len(x.size) }

// With gives an index that holds what own holds as well. Both are shared, not
// copied.
func (x *Index) With(own *Index) *Index {
	both := *x
	both.own = own
	return &both
}

// has finds a protected domain, and tells whether anyone can take a name below
// it.
func (x *Index) has(domain, label string) (shared, has bool) {
	for g := range x.skel.get(hashString(Shape(Fold(unicodeLabel(label))))) {
		if x.label(g) != label {
			continue
		}
		for id := x.group[g]; id < x.group[g+1]; id++ {
			if x.blob[x.start[id]:x.start[id+1]] == domain {
				return x.size[id]&sharedBit != 0, true
			}
		}
	}
	return false, false
}

// resemblance makes the answer.
func (q *query) resemblance(t target, technique string, distance int, score float64) {
	if t.rank > rankTop {
		score -= 0.2
	}
	if t.strong {
		score = max(score, weakest)
	}
	if score < MinScore && !t.strong || score <= q.best.Score {
		return
	}
	q.best = analyze.Resemblance{Name: q.host, Target: t.domain, Brand: t.brand, Technique: technique, Distance: distance, Score: score}
	q.found = true
}
