if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}
    _get_comp_words_by_ref() {
        local line=${COMP_LINE:0:COMP_POINT}
        read -r -a words <<<"$line"
        if [[ $line == *[[:space:]] ]]; then words+=(""); fi
        cword=$((${#words[@]} - 1))
        cur=${words[cword]}
        prev=${words[cword - 1]}
    }
fi
