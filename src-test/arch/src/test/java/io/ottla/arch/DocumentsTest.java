package io.ottla.arch;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds what the documents say of the tree: their links lead somewhere, their lists are complete. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Path DOCS = ROOT.resolve("docs");
    private static final Path DECISIONS = DOCS.resolve("decisions");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)");

    @Test
    void linksLeadSomewhere() {
        List<Path> documents = new ArrayList<>(files(DOCS, ".*\\.md"));
        documents.add(ROOT.resolve("README.md"));
        List<String> dead = new ArrayList<>();
        for (Path document : documents) {
            Matcher link = LINK.matcher(text(document));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://") && !Files.exists(document.resolveSibling(target))) {
                    dead.add(ROOT.relativize(document) + " -> " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void everyDecisionHasItsOwnNumberAndIsListed() {
        List<Path> decisions = files(DECISIONS, "\\d{4}-.*\\.md");
        String list = text(DECISIONS.resolve("README.md"));
        assertThat(decisions.stream().filter(each -> !list.contains("(" + each.getFileName() + ")")))
                .as("not listed in docs/decisions/README.md")
                .isEmpty();
        assertThat(decisions.stream()
                        .collect(
                                groupingBy(each -> each.getFileName().toString().substring(0, 4)))
                        .values())
                .as("decisions of one number")
                .allSatisfy(each -> assertThat(each).hasSize(1));
    }

    @Test
    void everyTestOfTheClusterIsListed() {
        String list = text(DOCS.resolve("cluster-tests.md"));
        assertThat(files(ROOT.resolve("src-test/cluster/src"), ".*Test\\.java").stream()
                        .map(each -> each.getFileName().toString().replace(".java", ""))
                        .filter(name -> !list.contains("`" + name + "`")))
                .as("not listed in docs/cluster-tests.md")
                .isEmpty();
    }

    private static List<Path> files(Path folder, String name) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> path.getFileName().toString().matches(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
