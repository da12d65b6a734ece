package io.ottla.bench.result;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** All that a run has measured so far. Confined to the thread of the run. */
public record RunResult(RunInfo info, List<Figure> figures, List<Curve> curves, List<Incident> incidents) {
    /** An empty result. */
    public static RunResult of(RunInfo info) {
        return new RunResult(info, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Reads a result file. */
    public static RunResult read(Path file) {
        try {
            return new ObjectMapper().readValue(file.toFile(), RunResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is not the result of a run", e);
        }
    }

    /** Writes the result file; a reader sees the old one or the new one, never half of it. */
    public void write(Path file) {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path unfinished = file.resolveSibling(file.getFileName() + ".new");
            mapper.writeValue(unfinished.toFile(), this);
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
