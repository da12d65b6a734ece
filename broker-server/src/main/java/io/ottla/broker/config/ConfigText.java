package io.ottla.broker.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings as written, before they mean anything: names, texts, and where each was set. Immutable.
 *
 * @param settings text by property name, in order of names
 * @param where the file and line, or the option, that set a property
 * @param warnings what an operator should know about the file itself
 */
record ConfigText(Map<String, String> settings, Map<String, String> where, List<String> warnings) {
    /** Settings that come from no file. */
    static ConfigText of(Map<String, String> settings) {
        return new ConfigText(Collections.unmodifiableMap(new TreeMap<>(settings)), Map.of(), List.of());
    }

    /**
     * Reads a properties file and lays {@code key=value} overrides on it.
     *
     * @throws ConfigException if the file cannot be read or an override has no key
     */
    static ConfigText read(Path file, List<String> overrides) {
        Map<String, String> settings = new TreeMap<>();
        Map<String, String> where = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        byte[] bytes = bytesOf(file);
        Properties properties = new Properties();
        try {
            properties.load(new ByteArrayInputStream(bytes));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(file + ": expected a properties file: " + e.getMessage());
        }
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        noteLines(file, new String(bytes, StandardCharsets.ISO_8859_1), where, warnings);
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals <= 0) {
                throw new ConfigException("--override " + override + ": expected key=value");
            }
            String name = override.substring(0, equals).trim();
            settings.put(name, override.substring(equals + 1));
            where.put(name, "--override");
        }
        return new ConfigText(Collections.unmodifiableMap(settings), where, List.copyOf(warnings));
    }

    private static byte[] bytesOf(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    file + ": no such file; expected a properties file such as" + " config/server.properties");
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e);
        }
    }

    /** Finds the line of each key; a key with escapes is not found, and then has no line. */
    private static void noteLines(Path file, String text, Map<String, String> where, List<String> warnings) {
        boolean continued = false;
        int number = 0;
        for (String line : text.split("\r\n|\r|\n", -1)) {
            number++;
            String key = continued ? "" : keyOf(line.strip());
            continued = endsInOddBackslashes(line) && (continued || !key.isEmpty());
            if (!key.isEmpty()) {
                String before = where.put(key, file + ":" + number);
                if (before != null) {
                    warnings.add(file + ":" + number + ": " + key + " is set again and replaces " + before);
                }
            }
        }
    }

    private static String keyOf(String line) {
        if (line.isEmpty() || line.startsWith("#") || line.startsWith("!")) {
            return "";
        }
        int end = 0;
        while (end < line.length() && "=: \t\f".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return line.substring(0, end);
    }

    private static boolean endsInOddBackslashes(String line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    @Nullable
    String whereSet(String name) {
        return where.get(name);
    }
}
