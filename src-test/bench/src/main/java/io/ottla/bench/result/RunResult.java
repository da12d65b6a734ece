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

/**
 * All that has been measured so far, by one run or by several with different scenarios. Confined to the thread of the run.
 *
 * @param runs in the order of time, each with at least one scenario
 * @param figures of all of them, as are curves and incidents
 */
public record RunResult(List<RunInfo> runs, List<Figure> figures, List<Curve> curves, List<Incident> incidents) {
    /** An empty result. */
    public static RunResult of(RunInfo info) {
        return new RunResult(new ArrayList<>(List.of(info)), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /**
     * This result as the begin of a further run: what it has of that run's scenarios is dropped.
     *
     * @throws IllegalArgumentException if other brokers took part, whose figures would stand in the same columns
     */
    public RunResult continuedBy(RunInfo next) {
        if (!next.contestants().equals(contestants())) {
            throw new IllegalArgumentException("the results so far are of other brokers: " + contestants()
                    + ", now there are " + next.contestants());
        }
        List<RunInfo> left = new ArrayList<>();
        runs.stream()
                .map(run -> run.without(next.scenarios()))
                .filter(run -> !run.scenarios().isEmpty())
                .forEach(left::add);
        left.add(next);
        RunResult continued =
                new RunResult(left, new ArrayList<>(figures), new ArrayList<>(curves), new ArrayList<>(incidents));
        continued.figures.removeIf(figure -> next.scenarios().contains(figure.scenario()));
        continued.curves.removeIf(curve -> next.scenarios().contains(curve.scenario()));
        continued.incidents.removeIf(incident -> next.scenarios().contains(incident.scenario()));
        return continued;
    }

    /** The brokers, the same ones in all runs. */
    public List<Contestant> contestants() {
        return runs.get(runs.size() - 1).contestants();
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
