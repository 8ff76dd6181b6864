# coverage.awk - from the JSON coverage of `powergap test`: a line "group | name" for all that no
# scenario exercised. A way between states that the table does not have ("beyond") counts as exercised.
BEGIN { RS = "{" }
/"name": / {
    name = $0
    sub(/^"name": "/, "", name)
    sub(/".*/, "", name)
    if (group != "" && $0 ~ /"scenarios": 0,/) print group " | " name
}
/"[a-z]+": \[$/ {
    group = $0
    sub(/": \[$/, "", group)
    sub(/.*"/, "", group)
}
