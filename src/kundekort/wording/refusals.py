"""The words of refusals: why something cannot be done, and the way on; a table only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

REFUSALS: Final[Mapping[str, str | Promise]] = {
    # a file that cannot be imported at all
    "file_empty": _("The file is empty. Choose a file with a header and at least one customer."),
    "header_only": _("The file has a header but no customers. Add a row for each customer."),
    "file_binary": _(
        "The file cannot be read (%(kind)s). Save the list as an Excel workbook (.xlsx) or as “CSV UTF-8”."
    ),
    "file_encrypted": _("The workbook is locked with a password. Save it without the password and upload it again."),
    "file_damaged": _("The workbook is damaged. Open it in your spreadsheet and save it again as .xlsx."),
    "file_expands": _("The workbook holds more than %(limit)s when unpacked. Split it, or save it as “CSV UTF-8”."),
    "sheet_unknown": _("The workbook has no sheet “%(sheet)s”. It has: %(sheets)s."),
    "cell_too_long": _("Line %(line)s has a cell of more than %(limit)s characters, which is the most. Shorten it."),
    "row_too_wide": _("Line %(line)s has more than %(limit)s cells. The file is damaged, or it is no list."),
    "string_too_long": _("The workbook has a cell of more than %(limit)s characters, which is the most. Shorten it."),
    "file_too_large": _("The file is larger than %(limit)s, which is the most. Split it into several files."),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it into several files."),
    "too_many_columns": _("The file has %(columns)s columns; at most %(limit)s can be imported. Remove some."),
    "file_undecodable": _("The file cannot be read as %(encoding)s. Save it again as “CSV UTF-8”."),
    "encoding_unclear": _(
        "The letters of the file can be read in several ways: %(ways)s. Choose the encoding in which they are right."
    ),
    "no_known_column": _(
        "No column of the file is known (read with %(separator)s as separator: %(headers)s). "
        "Use the header names of the template."
    ),
    "one_cell": _("Each row is one single cell with all its columns in it. They can be split at %(separator)s."),
    "column_twice": _("Several columns become %(field)s: %(headers)s. Keep one of them."),
    "no_key_column": _("The file has no column %(field)s. Add it, or choose another way to match the rows."),
    # an import that cannot go on
    "rows_have_errors": ngettext_lazy(
        "%(errors)s row has errors. Mend it in the file, or leave it out.",
        "%(errors)s rows have errors. Mend them in the file, or leave them out.",
        "errors",
    ),
    "rows_have_findings": ngettext_lazy(
        "%(findings)s warning about this file has not been answered yet. Nothing was written; say what is meant.",
        "%(findings)s warnings about this file have not been answered yet. Nothing was written; say what is meant.",
        "findings",
    ),
    "cell_invalid": _("The cell was not changed. %(fault)s"),
    "rows_unknown": _(
        "No row of this file says in a column “Problem” which line of the import it is. "
        "Upload the file that was downloaded from this page."
    ),
    "rows_uneven": _(
        "Row %(row)s (counted from 0) has other names than the first. Give all rows the same: what is left out "
        "would empty cells."
    ),
    "decision_invalid": _("This decision is about something that is not there, or about too many rows at once."),
    "rows_have_conflicts": ngettext_lazy(
        "%(conflicts)s row has values that others have changed too. Choose whose value stays.",
        "%(conflicts)s rows have values that others have changed too. Choose whose value stays.",
        "conflicts",
    ),
    "second_person_needed": _(
        "Somebody else has to confirm this on the website: %(why)s. Nothing was written; the preview waits for them."
    ),
    "register_moved": _(
        "What you saw has been changed by others since the preview was made. "
        "Nothing was written; look at the new preview."
    ),
    "source_gone": _("The file of this import is not kept any more, so nothing can be made of it. Upload it again."),
    "already_applied": _("This import is already done. Nothing was written again."),
    "already_written": _("This import has been written already, all of it. Undo it to take it back."),
    "not_waiting": _("This import is not waiting for an answer any more. Open it from the list of imports."),
    "question_open": _(
        "This import has no preview yet: it waits to be told how the file is to be read, "
        "such as what is in its columns. Answer that first."
    ),
    "plan_mismatch": _(
        "The preview you saw is no longer the current one. Nothing was written; look at the new preview."
    ),
    "plan_damaged": _("The kept preview is damaged, so nothing was written. Upload the file again."),
    "failed": _("Something went wrong on the server, so nothing was written. Try again, or ask whoever runs it."),
    "disk_full": _("The server’s disk is full, so nothing was written. When there is room again, try again."),
    "storage_failed": _(
        "The server could not read or write its files, so nothing was written. Try again, or ask whoever runs it."
    ),
    "worker_died": _(
        "The worker died at this three times, probably for want of memory. Nothing was written. "
        "Take fewer rows at a time, or ask whoever runs the server for more memory; then try again."
    ),
    "forbidden": _("You are not allowed to do this. Ask an administrator for access."),
    "name_taken": _("There is already a user “%(name)s”. Choose another name."),
    "person_invalid": _("The user cannot be saved like this. %(fault)s"),
    "own_account": _(
        "Nobody can lock themselves, change their own role or reset their own password here. "
        "Ask another administrator; your password you change under your own name."
    ),
    "last_administrator": _(
        "%(name)s is the only administrator who can log in. Make somebody else an administrator first."
    ),
    "export_not_waiting": _("This list is finished or was given up already."),
    "too_many_for_workbook": _(
        "An Excel workbook holds at most %(limit)s customers, and these are %(count)s. "
        "Choose CSV, or a smaller segment."
    ),
    "password_unchanged": _("This is the password you have. Choose another."),
    "password_too_short": _("The password is too short. Use at least %(least)s characters; several words are easiest."),
    "password_too_long": _("The password is too long. Use at most %(most)s characters."),
    "password_common": _("Many people use this password, so that it is guessed first. Use several words of your own."),
    "password_personal": _(
        "The password is made of a name, or of Kundekort's. Use words that nobody connects with you."
    ),
    "password_wrong": _("This is not the password you have now. Capital letters count."),
    "sign_on_refused": _("You are not let in. Ask an administrator of Kundekort."),
    "token_invalid": _("The token cannot be made like this. %(fault)s"),
    "field_invalid": _("The field cannot be saved like this. %(fault)s"),
    "choice_in_use": _("The choice “%(choice)s” is on %(cards)s cards. Change these first, then take it away."),
    "change_cursor_invalid": _("“%(cursor)s” is no cursor of the change feed. Use one that it has given, or none."),
    "change_cursor_unknown": _(
        "The change feed does not reach %(cursor)s: a backup was restored since. Begin anew with the whole register."
    ),
    "not_reached": _("The other server was not reached. %(fault)s"),
    "secret_unreadable": _("The secret cannot be read: it was kept under another secret key. Enter or make a new one."),
    "source_invalid": _("The source cannot be saved like this. %(fault)s"),
    "source_unread": _("The source could not be read. %(fault)s"),
    "webhook_invalid": _("The webhook cannot be saved like this. %(fault)s"),
    "delivery_over": _("The delivery does not wait any more."),
    "setting_invalid": _("Choose a whole number from %(least)s to %(most)s."),
    "layout_invalid": _("The column layout cannot be saved like this. %(fault)s"),
    # cards
    "card_invalid": _("The card cannot be saved like this. Nothing was written; look at the marked fields."),
    "card_moved": _(
        "Somebody has changed these customers since you looked: %(ids)s. Nothing was written; look at them again."
    ),
    "card_merged": _("Customer %(id)s was merged into %(into)s. Use %(into)s."),
    "edit_conflict": _(
        "Somebody else has changed the same fields since you opened the card. "
        "Nothing was written; choose whose values to keep."
    ),
    "register_busy": _("%(writer)s Nothing was written; try again in a moment."),
    "merge_off": _("Merging customers is switched off. An administrator can switch it on."),
    "groups_moved": _(
        "Somebody has changed some of these customers since you looked (%(ids)s). "
        "Nothing was merged; look at the groups again."
    ),
    "merge_invalid": _("These customers cannot be merged. Choose two or more different ones."),
    "nothing_to_undo": _("This import has changed nothing in the register, so there is nothing to undo."),
    "card_removed": _("Customer %(id)s was removed when what had created it was undone. This is the undoing."),
    "card_anonymised": _("Customer %(id)s was anonymised. Nothing is known of them any more."),
    "anonymisation_final": _("An anonymisation cannot be taken back: nothing is left that could come back."),
    "not_cleared": _("What is left on the disk cannot be removed yet. It is tried again every minute."),
    "retention_off": _("No rule says after how long customers are proposed for anonymising. Set the months first."),
    "proposal_moved": _("Other customers would be anonymised by now than those that were shown. Nothing was done."),
    "already_undone": _("This has been undone already. Nothing was written again."),
    "segment_invalid": _("The segment cannot be used like this. %(fault)s"),
    "not_found": _("There is nothing here called or numbered “%(id)s”. It may have been removed."),
    # the API
    "unauthenticated": _(
        "The request has no token that opens anything: “Authorization: Bearer kk_…”. It may be expired or revoked; "
        "make one under your account."
    ),
    "scope_missing": _("The token does not have the scope “%(scope)s”. Make one that does."),
    "rate_exceeded": _("More than %(limit)s requests were made in a minute. Wait %(seconds)s seconds."),
    "address_unknown": _("There is nothing at this address. The addresses stand in /api/docs."),
    "method_not_allowed": _("This address is not asked like that (%(method)s)."),
    "length_missing": _("The request does not say how long it is. Send a Content-Length."),
    "body_too_large": _("The request is larger than %(limit)s, which is the most here. Send less, or a file."),
    "media_type_unsupported": _("This address takes %(expected)s, not “%(sent)s”."),
    "json_malformed": _("What was sent is not JSON."),
    "request_invalid": _("The request is not as this address wants it. The errors say what is wrong where."),
    "request_malformed": _("The request cannot be understood."),
    "cursor_invalid": _("This cursor is none of ours, or belongs to another list. Begin again without it."),
    "idempotency_running": _("A request with this Idempotency-Key has begun and is not finished. Ask again later."),
    "idempotency_mismatch": _("This Idempotency-Key belongs to a request that said something else. Use a new one."),
    "internal_error": _("Something went wrong on the server. Its log says what, beside the number of this request."),
    "temporarily_unavailable": _("The server lacks something that will come back, such as its database. Try again."),
    # backups
    "nothing_to_back_up": _("There is no register here to back up. Check KUNDEKORT_DATA and KUNDEKORT_DATABASE_URL."),
    "backup_damaged": _(
        "“%(path)s” is damaged, was cut short, or is no backup of Kundekort. Nothing was restored; take another one."
    ),
    "backup_newer": _(
        "The backup was made by Kundekort %(made_by)s, which is newer than this one (%(version)s). "
        "Nothing was restored; install that version or a newer one."
    ),
    "database_not_empty": _(
        "The database holds something already (%(table)s), and a backup is only restored into an empty place. "
        "Set KUNDEKORT_DATA to a new folder, or KUNDEKORT_DATABASE_URL to an empty database."
    ),
    "storage_not_empty": _(
        "There are files already (%(name)s in “%(place)s”), and a backup is only restored into an empty place. "
        "Choose another place, or move them away."
    ),
    "pooler_between": _(
        "There is a connection pooler before the database, and backups need the database itself. "
        "Set KUNDEKORT_DATABASE_URL to its own address for this command."
    ),
    "tools_too_old": _(
        "The database is PostgreSQL %(server)s, and the tools that come with this version of Kundekort are those of "
        "%(tools)s. Install a newer Kundekort, or back up with the pg_dump of that server."
    ),
    "dump_failed": _("The database could not be copied: %(why)s. No backup was made."),
    "restore_failed": _("The database could not be restored: %(why)s. Nothing was restored."),
    # the command line
    "file_missing": _("There is no file “%(path)s”. Check the name."),
    "file_is_folder": _("“%(path)s” is a folder. Give the name of a file."),
    "file_unreadable": _("The file “%(path)s” cannot be read: %(why)s."),
    "file_unwritable": _("The file “%(path)s” cannot be written: %(why)s."),
    "file_exists": _("There is a file “%(path)s” already, and no backup is overwritten. Choose another name."),
    "output_is_terminal": _("A backup is nothing to read. Give the name of a file, or send it on to another program."),
    "restore_unfinished": _(
        "A backup is being restored here, or that was interrupted. Run “kundekort restore FILE” again, "
        "or remove “%(path)s” to begin with an empty register."
    ),
    "io_failed": _("Reading or writing failed: %(why)s."),
    "usage": _("The command was not understood: %(why)s."),
    "json_invalid": _("The file “%(path)s” is not JSON: %(why)s."),
    "option_unknown": _("%(option)s must be one of %(choices)s."),
    "options_exclude": _("These options exclude each other: %(options)s."),
    "no_terminal_to_agree": _("Nobody can be asked here. Use --yes to anonymise without a question."),
    "no_terminal": _("Nobody can be asked here. Use --preview to look only, or --yes to import without a question."),
    "no_password": _("Nobody can be asked for a password here. Use --password-stdin."),
    "passwords_differ": _("The two passwords are not the same. Try again."),
    "declined": _("Nothing was written."),
    "taken_back": _("Nothing was written. The import waits for confirmation again."),
    "interrupted": _("Stopped. Nothing more was written."),
    "database_unreachable": _("The database cannot be reached: %(why)s. Check KUNDEKORT_DATABASE_URL."),
    "database_not_ready": _("The database has not been prepared for this version. Run “kundekort migrate”."),
    "database_will_not_start": _("The database that comes with Kundekort did not start: %(why)s."),
    "out_of_memory": _(
        "The memory was not enough, so the command was stopped; nothing was half done. "
        "Give it more memory, or take a smaller file or list."
    ),
    "data_unusable": _(
        "Kundekort cannot use “%(path)s”: %(why)s. Run it as the user to whom its data belongs, "
        "or set KUNDEKORT_DATA to a folder of your own."
    ),
    "settings_wrong": _("The settings are not right: %(why)s."),
    "storage_unreachable": _(
        "The storage %(storage)s cannot be reached: %(why)s. Check KUNDEKORT_STORAGE and the AWS_… variables."
    ),
    "storage_foreign": _(
        "The files of this register are not in %(storage)s. Set KUNDEKORT_STORAGE as on the host that has them. "
        "If they are lost, go on without them: kundekort migrate --new-storage."
    ),
    "storage_taken": _(
        "%(storage)s keeps the files of another database. "
        "Check KUNDEKORT_DATABASE_URL, or set KUNDEKORT_STORAGE to a place that nothing else uses."
    ),
    "port_taken": _("Port %(port)s on %(host)s is in use. Stop the other program, or choose another with --port."),
    "port_refused": _(
        "Kundekort cannot listen on port %(port)s of %(host)s: %(why)s. Choose others with --host and --port."
    ),
    "proxy_missing": _(
        "On %(host)s others would reach Kundekort without a reverse proxy, which protects it from slow senders and "
        "speaks HTTPS. Set one up and name its address in KUNDEKORT_PROXY, or listen on 127.0.0.1."
    ),
    "server_stopped": _("The web server stopped by itself (code %(status)s). What it wrote above says why."),
    "register_not_empty": _(
        "This register has users, customers or imports of its own, so no samples were added. "
        "Set KUNDEKORT_DATA to an empty folder."
    ),
    "demo_public": _(
        "This register is the demonstration’s, and everybody knows its password, so it is only for this machine. "
        "Set KUNDEKORT_DATA to an empty folder for a register of your own, or leave out KUNDEKORT_HOSTS, "
        "KUNDEKORT_HTTPS and --host."
    ),
    "example_missing": _("The example “%(path)s” is missing. Run this in a checkout of Kundekort, or give --example."),
}
"""By the code of a refusal of a use case, of a file, or of the command line."""
