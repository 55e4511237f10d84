//go:build !unix

package relay

// peek cannot look here: the client is taken to be there.
func peek(int) bool { return true }
