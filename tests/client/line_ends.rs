//! Lines end in three ways, however the stream is cut.

use crate::harness::*;

/// Reads streams whose lines end so, in one piece, in single bytes and two by two.
#[track_caller]
fn lines_end_with<T: Transport>(end: &str) {
    let streams: [(&[&str], &[&str]); 6] = [
        (&["data: one", ""], &["one"]),
        (
            &["data: one", "", "data: two", "data: and two", ""],
            &["one", "two\nand two"],
        ),
        (
            &["data:", "data: two", "data: three", ""],
            &["\ntwo\nthree"],
        ),
        (
            &["data: one", "data:", "data: three", ""],
            &["one\n\nthree"],
        ),
        (&["data: one", "", "", "data: two", ""], &["one", "two"]),
        (&["data: one", "", "", "", "data: two", ""], &["one", "two"]),
    ];
    for (lines, data) in streams {
        let stream: String = lines.iter().flat_map(|line| [line, end]).collect();
        let messages: Vec<_> = data.iter().map(|data| ["message", "", data]).collect();
        for cut in [stream.len(), 1, 2] {
            let pieces: Vec<_> = stream.as_bytes().chunks(cut).collect();
            reads::<T>(&pieces, &messages);
        }
    }
}

pub(crate) fn lines_may_end_with_lf<T: Transport>() {
    lines_end_with::<T>("\n");
}

pub(crate) fn lines_may_end_with_cr_lf<T: Transport>() {
    lines_end_with::<T>("\r\n");
}

pub(crate) fn lines_may_end_with_cr<T: Transport>() {
    lines_end_with::<T>("\r");
}

pub(crate) fn cr_lf_may_be_cut_in_two<T: Transport>() {
    reads::<T>(
        &[
            "data: one\r",
            "\ndata: two\r",
            "\n\r\ndata: three\r",
            "\n",
            "\r",
            "\n",
        ],
        &[["message", "", "one\ntwo"], ["message", "", "three"]],
    );
}
