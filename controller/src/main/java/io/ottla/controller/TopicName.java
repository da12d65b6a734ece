package io.ottla.controller;

import org.jspecify.annotations.Nullable;

/** What a topic may be called. */
final class TopicName {

    private static final int MAX_LENGTH = 249;

    private TopicName() {}

    /** Why a name is not legal, null if it is. */
    static @Nullable String problem(String name) {
        if (name.isEmpty()) {
            return "Topic name is invalid: the empty string is not allowed";
        }
        if (name.equals(".") || name.equals("..")) {
            return "Topic name is invalid: '.' or '..' is not allowed";
        }
        if (name.length() > MAX_LENGTH) {
            return "Topic name is invalid: the length of '" + name + "' is longer than the max allowed length "
                    + MAX_LENGTH;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return "Topic name is invalid: '" + name
                        + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
            }
        }
        return null;
    }

    private static boolean isLegal(char c) {
        boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return letterOrDigit || c == '.' || c == '_' || c == '-';
    }

    /** Metrics write '.' as '_'; two names that differ in nothing else collide. */
    static String collisionKey(String name) {
        return name.replace('.', '_');
    }
}
