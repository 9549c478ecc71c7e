"""What may be given to the parts of `Show`, by the name of the argument."""

SHOW_WORDS = {
    "findings": "load_findings(cycle) が返すもの。show = Show(findings) と書きます",
    "notebook": 'ノートブックの名前（"fees"）',
    "department": '部局の名称か略号（"環境部"）',
    "rows": '"department"（部局別）か "section"（department の課別）',
    "columns": '数値の名前の並び（["total", "online_rate"]）か、'
    '見出しを付けたもの（{"total": "手続き数"}）',
    "measures": '数値の名前（"online_rate"）か、ofの内訳の並び（["online", "started"]）',
    "of": '内訳の計である数値の名前（"total"）',
    "caption": '表か図の題（"手数料の状況"）',
    "text": '数値を波括弧に入れた文（"手続きは{total}です。"）',
    "kind": '"plain"（本文）、"lead"（要点）、"note"（注）、"heading"（見出し）のどれか',
    "frame": "show.figures(…) の返す表など、数値と文字の pandas の表",
}
