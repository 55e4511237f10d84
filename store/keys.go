package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"

	"reportascam/analyze"
)

// Buckets. IDs are keys as they are written; times are 8 octets, big endian.
var (
	bucketMeta     = []byte("meta")
	bucketReport   = []byte("report")      // ID -> storedReport
	bucketRaw      = []byte("raw")         // ID -> codec, message
	bucketQueue    = []byte("queue")       // ID -> job
	bucketDue      = []byte("due")         // time, ID -> 1
	bucketParked   = []byte("parked")      // ID -> Parked
	bucketJudged   = []byte("judgement")   // ID -> codec, JSON
	bucketSummary  = []byte("summary")     // ID -> Summary: the index by time
	bucketOut      = []byte("out")         // ID, or that of a note -> storedOut
	bucketOutRaw   = []byte("out-raw")     // the same -> codec, message
	bucketOutDue   = []byte("out-due")     // time, ID -> 1
	bucketAnswers  = []byte("answers")     // kind 0 value 0 time, ID -> 1
	bucketAnswerAt = []byte("answers-at")  // time, key in answers -> 1
	bucketDays     = []byte("days")        // day 0 kind 0 value -> count
	bucketCounters = []byte("counters")    // name -> count
	bucketCorrect  = []byte("corrections") // ID -> analyze.Correction
	bucketOddments = []byte("unreadable")  // where it was -> journal record that is no report
	idxVerdict     = []byte("idx/verdict") // value 0 ID -> 1, as all below
	idxBrand       = []byte("idx/brand")
	idxReporter    = []byte("idx/reporter")
	idxDomain      = []byte("idx/domain")
	idxIndicator   = []byte("idx/indicator")

	keySchema = []byte("schema")
)

var buckets = [][]byte{
	bucketReport, bucketRaw, bucketQueue, bucketDue, bucketParked, bucketJudged, bucketSummary,
	bucketOut, bucketOutRaw, bucketOutDue, bucketAnswers, bucketAnswerAt, bucketDays, bucketCounters, bucketCorrect, bucketOddments,
	idxVerdict, idxBrand, idxReporter, idxDomain, idxIndicator,
}

// mark is the value of keys that say all themselves. It is not empty, so that
// Get tells present from absent.
var mark = []byte{1}

// appendFill is the fill of pages whose keys come in order of time: nothing
// is inserted between, so that they need no room.
const appendFill = 0.95

// maxIndexValue is the longest text that is a key as it stands, in octets.
// Longer ones, which only a hostile message has, are cut and hashed.
const maxIndexValue = 256

// indexValue makes text fit for a key: lower case, bounded, free of zero
// octets, and different for different text.
func indexValue(s string) string {
	s = strings.ToLower(s)
	if len(s) <= maxIndexValue && strings.IndexByte(s, 0) < 0 {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	head := strings.ToValidUTF8(strings.ReplaceAll(s[:min(len(s), 64)], "\x00", " "), "")
	return head + "\x01" + hex.EncodeToString(sum[:])
}

// indexKey is a key of an index; its last part is always an ID.
func indexKey(value string, id analyze.ID) []byte {
	return []byte(indexValue(value) + "\x00" + string(id))
}

// timeKey sorts by time. Times outside 1970 to 2262 are put at the ends.
func timeKey(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, nanos(t))
}

func nanos(t time.Time) uint64 {
	switch s := t.Unix(); {
	case s < 0:
		return 0
	case s >= 1<<63/1_000_000_000:
		return 1<<63 - 1
	}
	return uint64(t.UnixNano())
}

// keyTime reads the time at the start of a key.
func keyTime(k []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(k))).UTC()
}

func dueKey(t time.Time, id analyze.ID) []byte { return append(timeKey(t), id...) }

// splitDue reads what dueKey wrote.
func splitDue(k []byte) (time.Time, analyze.ID, bool) {
	if len(k) < 8+idLen {
		return time.Time{}, "", false
	}
	_, ok := reportOf(analyze.ID(k[8:]))
	return keyTime(k), analyze.ID(k[8:]), ok
}
