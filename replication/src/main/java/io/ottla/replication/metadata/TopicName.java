package io.ottla.replication.metadata;

/** The names that topics may have. They become directory names with the partition appended. */
public final class TopicName {

    public static final int MAX_LENGTH = 249;

    private TopicName() {}

    /** 1 to 249 ASCII letters, digits, dots, underscores and dashes; neither {@code .} nor {@code ..}. */
    public static boolean isValid(String name) {
        int length = name.length();
        if (length == 0 || length > MAX_LENGTH || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!isLegal(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
