package policy

// Escalation is something sensitive that somebody does not hold, and could give to themselves alone.
type Escalation struct {
	Permission *Permission
	Actions    Actions
	Scope      *Scope
	Acts       int // that it takes
	More       int // other such things

	By string // what the first act is done by, in words
	At Pos    // where that is given
}
