package io.ottla.bench.cli;

import io.ottla.bench.broker.BrokerRecipe;
import io.ottla.bench.broker.Kafka3Recipe;
import io.ottla.bench.broker.Kafka4Recipe;
import io.ottla.bench.broker.OttlaRecipe;
import io.ottla.bench.result.Contestant;
import io.ottla.bench.result.Contestant.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The brokers of a run, found where the build has put them. */
record Contest(List<BrokerRecipe> recipes, List<Contestant> contestants) {
    static final String OTTLA = "ottla";
    static final String NOISE = "ottla-again";
    static final String KAFKA_4 = "kafka-4";
    static final String KAFKA_3 = "kafka-3.9";
    static final List<String> NAMES = List.of(OTTLA, KAFKA_4, KAFKA_3);

    /** Those of these names, and Ottla once more if the noise is to be measured and Ottla takes part. */
    static Contest of(Path checkout, List<String> names, boolean withNoise) {
        List<BrokerRecipe> recipes = new ArrayList<>();
        List<Contestant> contestants = new ArrayList<>();
        for (String name : names) {
            BrokerRecipe recipe = recipe(checkout, name);
            recipes.add(recipe);
            contestants.add(new Contestant(name, recipe.title(), name.equals(OTTLA) ? Role.SUBJECT : Role.PEER));
        }
        if (withNoise && names.contains(OTTLA)) {
            BrokerRecipe again = ottla(NOISE);
            recipes.add(again);
            contestants.add(new Contestant(NOISE, again.title() + ", again", Role.NOISE));
        }
        return new Contest(List.copyOf(recipes), List.copyOf(contestants));
    }

    private static BrokerRecipe recipe(Path checkout, String name) {
        return switch (name) {
            case OTTLA -> ottla(OTTLA);
            case KAFKA_4 -> new Kafka4Recipe(name, libs(checkout, "peer-4"));
            case KAFKA_3 -> new Kafka3Recipe(name, libs(checkout, "peer-3.9"));
            default ->
                throw new IllegalArgumentException("no broker " + name + "; there are " + String.join(", ", NAMES));
        };
    }

    private static BrokerRecipe ottla(String name) {
        Path distribution = Path.of(System.getProperty("ottla.distribution", "(ottla.distribution is not set)"));
        if (!Files.isDirectory(distribution.resolve("libs"))) {
            throw new IllegalStateException("no distribution at " + distribution + ": start me with bin/ottla-bench");
        }
        String version = distribution.getFileName().toString().replace("ottla-", "");
        return new OttlaRecipe(name, distribution, version);
    }

    private static Path libs(Path checkout, String module) {
        return checkout.resolve("src-test").resolve(module).resolve("target/libs");
    }
}
