package policy

import "unicode"

// unseen holds characters that show nothing although they are neither controls nor formats: those that
// Unicode lets a renderer ignore, fillers and blanks.
var unseen = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00A0, 0x00A0, 1}, {0x034F, 0x034F, 1}, {0x115F, 0x1160, 1}, {0x1680, 0x1680, 1}, {0x17B4, 0x17B5, 1},
		{0x180B, 0x180F, 1}, {0x2000, 0x200F, 1}, {0x2028, 0x202F, 1}, {0x205F, 0x206F, 1}, {0x2800, 0x2800, 1},
		{0x2D7F, 0x2D7F, 1}, {0x3000, 0x3000, 1}, {0x3164, 0x3164, 1}, {0xFE00, 0xFE0F, 1}, {0xFEFF, 0xFEFF, 1},
		{0xFFA0, 0xFFA0, 1}, {0xFFF0, 0xFFFC, 1},
	},
	R32: []unicode.Range32{{0x13441, 0x13442, 1}, {0x16FE4, 0x16FE4, 1}, {0x1D159, 0x1D159, 1}, {0xE0000, 0xE0FFF, 1}},
}

// IsInvisible reports whether a reader cannot see a character, or cannot know what it shows: controls
// and formats, private and unassigned characters, fillers, and every space except the ASCII one.
func IsInvisible(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	return unicode.In(r, unicode.C, unicode.Z, unseen)
}
