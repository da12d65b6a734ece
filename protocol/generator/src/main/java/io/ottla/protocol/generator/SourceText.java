package io.ottla.protocol.generator;

/** Java source text that grows line by line; indentation follows the braces at the lines' ends and beginnings. */
final class SourceText {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** Appends a line; {@code %s} and its like as in {@link String#format}, if there are any arguments. */
    @SuppressWarnings("AnnotateFormatMethod") // lines without arguments are no formats: braces and percent signs stand
    SourceText line(String format, Object... args) {
        String line = args.length == 0 ? format : String.format(format, args);
        if (line.startsWith("}")) {
            depth--;
        }
        text.append("    ".repeat(depth)).append(line).append('\n');
        if (line.endsWith("{")) {
            depth++;
        }
        return this;
    }

    SourceText blank() {
        text.append('\n');
        return this;
    }

    /** A documentation comment, unless {@code about} is empty. */
    SourceText doc(String about) {
        if (!about.isBlank()) {
            String safe = about.replace("&", "&amp;")
                    .replace("<", "&lt;")
                    .replace(">", "&gt;")
                    .replace("@", "&#64;")
                    .replace("*/", "*&#47;")
                    .replace("\\", "&#92;")
                    .replaceAll("\\s+", " ");
            text.append("    ".repeat(depth)).append("/** ").append(safe).append(" */\n");
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
